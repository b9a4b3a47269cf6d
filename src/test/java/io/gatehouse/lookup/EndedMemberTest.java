package io.gatehouse.lookup;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.bus.RecordCodec;
import io.gatehouse.cluster.Cluster;
import io.gatehouse.cluster.MemberProfile;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.KeyState;
import io.gatehouse.testing.LoneNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests lookups on a node whose member of the cluster has ended. */
class EndedMemberTest {
    private static final CredentialDigest KEY = CredentialDigest.of("a key");

    private final ChangeFeedFreshness freshness = new ChangeFeedFreshness(Duration.ofMinutes(1), () -> 0);
    private Vertx vertx;
    private CredentialLookup<KeyState> lookup;

    @BeforeEach
    void end() {
        Cluster cluster = Cluster.prepare(
                new ClusterConfig(false, "ended-member-test", new ListenAddress("127.0.0.1", 0), List.of(), null, null),
                new MemberProfile("node", EnumSet.allOf(Role.class), 1_000));
        vertx = await(cluster.join(Vertx.builder(), new VertxOptions()));
        RecordCodec.register(vertx);
        lookup = CredentialLookup.shared(
                vertx,
                new LookupSettings(freshness, 1_000, new SimpleMeterRegistry()),
                KeyState.class,
                cluster.tokenCache(vertx),
                new IssuerClient(vertx, new LoneNode("node")));
        cluster.leave();
    }

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    @Test
    void lookupsOfTheSameDigest_end() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> await(lookup.find(KEY))).hasCauseInstanceOf(IssuerUnavailable.class);
        }
    }
}
