package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a limit holds exactly over seven nodes (docs/adr/0016-leased-counters.md#accuracy). */
class LeaseAccuracyTest {
    private static final int NODES = 7;
    private static final int CLIENTS = 14;

    private static final AtomicInteger KEYS = new AtomicInteger();

    private static QuotaCluster cluster;
    private static ExecutorService clients;

    @BeforeAll
    static void start() {
        cluster = new QuotaCluster("lease-accuracy-test", NODES);
        clients = Executors.newFixedThreadPool(CLIENTS);
    }

    @AfterAll
    static void stop() {
        clients.shutdownNow();
        cluster.close();
    }

    /** Selects the node of a request. */
    private interface Load {
        int node(long request, long limit);
    }

    private enum Pattern implements Load {
        EVEN {
            @Override
            public int node(long request, long limit) {
                return (int) (request % NODES);
            }
        },
        ONE_NODE {
            @Override
            public int node(long request, long limit) {
                return 3;
            }
        },
        /** Half of the limit on one node, and all further requests on another. */
        MOVING {
            @Override
            public int node(long request, long limit) {
                return request < limit / 2 ? 2 : 5;
            }
        },
        /** The load moves to the next node after each seventh part of the limit. */
        ROTATING {
            @Override
            public int node(long request, long limit) {
                return (int) (request * NODES / limit % NODES);
            }
        },
        /** Most requests on one node, and a few on each other. */
        SKEWED {
            @Override
            public int node(long request, long limit) {
                return request % 50 == 0 ? (int) (request / 50 % NODES) : 6;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3, EVEN", "3, ONE_NODE", "3, MOVING", "3, ROTATING", "3, SKEWED",
        "100, EVEN", "100, ONE_NODE", "100, MOVING", "100, ROTATING", "100, SKEWED",
        "10000, EVEN", "10000, ONE_NODE", "10000, MOVING", "10000, ROTATING", "10000, SKEWED"
    })
    void aLimitIsNeitherExceededNorUnused(long limit, Pattern load) {
        long excess = Math.max(50, limit / 4);
        String key = "key-" + KEYS.incrementAndGet();
        cluster.nodes.forEach(node -> node.claims.set(0));

        long allowed = allowed(key, limit, load, limit + excess);

        List<Integer> claims =
                cluster.nodes.stream().map(node -> node.claims.get()).toList();
        System.out.printf("accuracy: limit %d, %s: %d allowed, claims %s%n", limit, load, allowed, claims);
        assertThat(allowed).isEqualTo(limit);
        // Two claims for each halving of the rest, the doublings at the beginning, and recalls at the end.
        int halvings = 64 - Long.numberOfLeadingZeros(limit);
        assertThat(claims).allSatisfy(each -> assertThat(each).isLessThan(20 + 4 * halvings));
    }

    @ParameterizedTest
    @CsvSource({"3, EVEN", "100, EVEN", "100, ROTATING", "10000, EVEN", "10000, MOVING"})
    void everyRequestWithinTheLimitIsAllowed(long limit, Pattern load) {
        assertThat(allowed("key-" + KEYS.incrementAndGet(), limit, load, limit)).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 1_000})
    void unitsThatOneNodeCountsAfterTheirUseAreUsedOnEachNode(long limit) {
        String key = "key-" + KEYS.incrementAndGet();
        QuotaCluster.Node counting = cluster.nodes.get(6);
        assertThat(cluster.nodes.get(5).take(key, limit)).isTrue();
        long counted = limit * 6 / 10;
        counting.counters.count(
                key,
                QuotaCluster.Node.limits(limit),
                counted,
                counting.look(key, limit).atMillis());
        // It waits for the claim in the background.
        assertThat(counting.look(key, limit).isAllowed()).isTrue();

        long left = limit - counted - 1;
        AtomicLong allowed = new AtomicLong();
        await().atMost(Duration.ofSeconds(60)).until(() -> allowed.addAndGet(allowedOnce(key, limit)) >= left);
        assertThat(allowed.get() + allowedOnce(key, limit)).isEqualTo(left);
        assertThat(counting.look(key, limit).isAllowed()).isFalse();
    }

    /** Sends requests from several clients at once, each in order. */
    private static long allowed(String key, long limit, Load load, long requests) {
        AtomicLong next = new AtomicLong();
        AtomicLong allowed = new AtomicLong();
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            running.add(CompletableFuture.runAsync(
                    () -> {
                        long request = next.getAndIncrement();
                        while (request < requests) {
                            if (cluster.nodes.get(load.node(request, limit)).take(key, limit)) {
                                allowed.incrementAndGet();
                            }
                            request = next.getAndIncrement();
                        }
                    },
                    clients));
        }
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        long first = allowed.get();
        // On a busy machine a node may release its lease too late for a request. A later request gets the units.
        await().atMost(Duration.ofSeconds(60)).until(() -> allowed.addAndGet(allowedOnce(key, limit)) >= limit);
        System.out.printf("accuracy: limit %d, %s: %d of %d at first%n", limit, load, first, requests);
        return allowed.get() + allowedOnce(key, limit);
    }

    /** Sends one request to each node. */
    private static long allowedOnce(String key, long limit) {
        return cluster.nodes.stream().filter(node -> node.take(key, limit)).count();
    }
}
