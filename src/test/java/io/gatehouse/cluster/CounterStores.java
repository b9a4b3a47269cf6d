package io.gatehouse.cluster;

import com.hazelcast.crdt.pncounter.PNCounter;
import io.gatehouse.cluster.quota.HazelcastLeaseStore;
import io.gatehouse.quota.Claim;
import io.gatehouse.quota.CounterId;
import io.gatehouse.quota.Period;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Measures the two kinds of counters that docs/adr/0016-leased-counters.md compares, on seven members of one JVM. */
final class CounterStores {
    private static final int NODES = 7;
    private static final int TRIPS = 20_000;
    private static final int WARM_UP = 5_000;
    private static final int ROUNDS = 20;
    private static final int LIMIT = 100;

    private CounterStores() {}

    private interface Trip {
        void make(int index);
    }

    public static void main(String[] arguments) {
        try (QuotaCluster cluster = new QuotaCluster("counter-stores", NODES)) {
            QuotaCluster.Node proxy = cluster.nodes.get(NODES - 1);
            HazelcastLeaseStore store = new HazelcastLeaseStore(proxy.member);
            long year = 1_767_225_600_000L;
            measure("claim of an entry processor", index -> {
                CounterId counter = new CounterId("measured-" + index % 500, Period.YEAR, year);
                store.claim(counter, new Claim(index + 1L, 0, 1, 0, Long.MAX_VALUE / 4, List.of()))
                        .toCompletableFuture()
                        .join();
            });
            PNCounter counter = proxy.member.getPNCounter("measured");
            measure("addAndGet of a PN counter", index -> counter.addAndGet(1));
            measure(
                    "request with a lease",
                    index -> proxy.takeOnce("leased", Long.MAX_VALUE / 4).join());
            List<Long> allowed = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                allowed.add(allowedByPnCounters(cluster, "round-" + round));
            }
            System.out.printf("limit %d by PN counters: %s allowed%n", LIMIT, allowed);
        }
    }

    private static void measure(String name, Trip trip) {
        long[] nanos = new long[TRIPS];
        for (int i = -WARM_UP; i < TRIPS; i++) {
            long start = System.nanoTime();
            trip.make(i + WARM_UP);
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%s: median %.1f us, 99 %% %.1f us, mean %.1f us%n",
                name,
                nanos[TRIPS / 2] / 1_000.0,
                nanos[TRIPS * 99 / 100] / 1_000.0,
                Arrays.stream(nanos).average().orElse(0) / 1_000);
    }

    /** Counts each request on a PN counter and allows it while the count is at most the limit. */
    private static long allowedByPnCounters(QuotaCluster cluster, String name) {
        AtomicLong allowed = new AtomicLong();
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (QuotaCluster.Node node : cluster.nodes) {
            PNCounter counter = node.member.getPNCounter(name);
            CompletableFuture<Void> done = new CompletableFuture<>();
            new Thread(() -> {
                        try {
                            start.await();
                            for (int i = 0; i < LIMIT; i++) {
                                if (counter.addAndGet(1) <= LIMIT) {
                                    allowed.incrementAndGet();
                                }
                            }
                            done.complete(null);
                        } catch (InterruptedException e) {
                            done.completeExceptionally(e);
                        }
                    })
                    .start();
            clients.add(done);
        }
        start.countDown();
        CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
        return allowed.get();
    }
}
