package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import java.util.EnumSet;
import java.util.List;
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

    private static Config settings(boolean enabled, List<String> members, @Nullable String service) {
        return HazelcastSettings.of(
                new ClusterConfig(enabled, "gatehouse", new ListenAddress("10.0.0.1", 5711), members, service),
                "node",
                new Membership(EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT);
    }
}
