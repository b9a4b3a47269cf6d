package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchChanges;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Tests a cluster with members that have not started, lost their handlers, or crashed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IncompleteMembersTest {
    private static final String NAME = "bare-members-test";
    private static final String LATE = "X-Gatehouse-Late-Nodes";
    private static final int AT_ONCE = 32;

    private static final ListenAddress FIRST = freeAddress();

    private static Upstream upstream;
    private static Gatehouse fullNode;

    private BareMember bare;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        fullNode = Gatehouse.start(Gatehouse.config(
                EnumSet.allOf(Role.class), TestDatabase.create(), List.of(), cluster(NAME, FIRST, FIRST, null)));
    }

    @AfterAll
    static void stop() {
        fullNode.close();
        upstream.close();
    }

    @BeforeEach
    void join() {
        bare = new BareMember(cluster(NAME, freeAddress(), FIRST, null), Role.TOKEN_ISSUER);
    }

    @AfterEach
    void leave() {
        bare.close();
    }

    /** Creates a Service of that name and returns the late nodes. */
    private static @Nullable String lateFor(String service) {
        return fullNode.admin("PUT", "/services/" + service, new JsonObject().put("host", "127.0.0.1"))
                .isStatus(200)
                .header(LATE);
    }

    @Test
    void memberThatIsStarting_isNeitherAwaitedNorLate() {
        assertThat(lateFor("starting")).isNull();
    }

    @Test
    void startedMemberWithoutAHandler_isLate() {
        bare.cluster.markStarted();

        assertThat(lateFor("without-handler")).isEqualTo(bare.nodeId());
    }

    /** A crashed member cannot be distinguished from a partitioned one. It would be late in a later test as well. */
    @Test
    @Order(Integer.MAX_VALUE)
    void crashedMember_isLate_untilItsCacheIsStale() {
        await(bare.vertx
                .eventBus()
                .request(
                        Addresses.FETCH_CHANGES,
                        new FetchChanges(null, bare.nodeId(), "host/token-issuer", Duration.ofMinutes(1))));
        bare.close();

        assertThat(lateFor("crashed")).isEqualTo("host/token-issuer/" + bare.nodeId());
    }

    @Test
    void proxyThatHasLeft_isNotAwaited() {
        Gatehouse proxy = Gatehouse.start(
                ClusterFixture.proxy(cluster(NAME, freeAddress(), FIRST, null), Duration.ofSeconds(60)));
        proxy.close();

        assertThat(lateFor("left")).isNull();
    }

    @Test
    void lookup_isRepeatedAtAnotherIssuer_afterATimeout() {
        await(bare.vertx
                .eventBus()
                .consumer(Addresses.lookUpCredentials(bare.nodeId()), ignored -> {})
                .completion());
        fullNode.createApi("api", "/api", upstream.port());
        fullNode.protect("api", new JsonObject());
        try (Gatehouse proxy = Gatehouse.start(
                ClusterFixture.proxy(cluster(NAME, freeAddress(), FIRST, null), Duration.ofSeconds(60)))) {
            List<CompletableFuture<Reply>> responses = IntStream.range(0, AT_ONCE)
                    .mapToObj(number -> Http.sendAsync(
                            Http.get(proxy.proxyUrl("/api"), "Authorization", "Bearer unknown-" + number)))
                    .toList();

            assertThat(responses)
                    .allSatisfy(response -> assertThat(response.join().status()).isEqualTo(401));
        }
    }
}
