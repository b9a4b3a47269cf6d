package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.spi.exception.TargetNotMemberException;
import io.gatehouse.cluster.HostilePeer.Gadget;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HazelcastSettingsTest {
    private static final String WAIT = "hazelcast.wait.seconds.before.join";

    /** Within zero seconds Hazelcast does not look anything up, and every pod is a cluster of one. */
    @Test
    void aKubernetesServiceIsGivenTimeToBeLookedUp() {
        Config config = settings(true, List.of(), "gatehouse-cluster");
        assertThat(Integer.parseInt(config.getProperty(WAIT))).isPositive();
        assertThat(config.getAdvancedNetworkConfig()
                        .getJoin()
                        .getKubernetesConfig()
                        .getProperties())
                .containsEntry("service-dns", "gatehouse-cluster")
                .containsEntry("service-port", "5711");
    }

    @Test
    void nobodyElseWaits() {
        assertThat(settings(false, List.of(), null).getProperty(WAIT)).isEqualTo("0");
        assertThat(settings(true, List.of("10.0.0.2:5701"), null).getProperty(WAIT))
                .isEqualTo("0");
    }

    /** It is in every line of Hazelcast's log. */
    @Test
    void theNameOfTheClusterHoldsNothingSecret() {
        Config config = HazelcastSettings.of(
                new ClusterConfig(
                        true,
                        "gatehouse",
                        new ListenAddress("10.0.0.1", 5711),
                        List.of(),
                        null,
                        "a secret of more than thirty-two characters"),
                "node",
                new MemberProfile(EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT);

        assertThat(config.getClusterName()).isEqualTo("gatehouse");
    }

    /** A new release of Vert.x may declare others. */
    @Test
    void theMapsOfVertxAreDeclaredAsVertxDoes() {
        Config vertx = ConfigUtil.loadConfig();
        Config own = settings(true, List.of("10.0.0.2:5701"), null);

        assertThat(vertx.getMapConfigs()).isNotEmpty();
        assertThat(own.getMapConfigs()).containsAllEntriesOf(vertx.getMapConfigs());
        assertThat(own.getMultiMapConfigs()).isEqualTo(vertx.getMultiMapConfigs());
    }

    @Test
    void failuresTravelInJavasSerializationAndNothingElseDoes() {
        InternalSerializationService serialization = new DefaultSerializationServiceBuilder()
                .setConfig(settings(true, List.of("10.0.0.2:5701"), null).getSerializationConfig())
                .build();
        Throwable failure = new HazelcastException("failed", new ExecutionException(new IllegalStateException("why")));
        failure.addSuppressed(new TargetNotMemberException("gone"));

        Throwable read = serialization.toObject(serialization.toData(failure));

        assertThat(read).hasMessage("failed").hasRootCauseMessage("why");
        assertThat(read.getSuppressed()).hasSize(1);
        Gadget.READ.set(0);
        for (Object refused : List.of(new Gadget(), HostilePeer.nestedSets(), new Random())) {
            Data sent = serialization.toData(refused);
            assertThatThrownBy(() -> serialization.toObject(sent)).hasMessageContaining("is not allowed");
        }
        assertThat(Gadget.READ).hasValue(0);
    }

    private static Config settings(boolean enabled, List<String> members, @Nullable String service) {
        return HazelcastSettings.of(
                new ClusterConfig(enabled, "gatehouse", new ListenAddress("10.0.0.1", 5711), members, service, null),
                "node",
                new MemberProfile(EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT);
    }
}
