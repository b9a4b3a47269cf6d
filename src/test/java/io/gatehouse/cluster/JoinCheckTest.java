package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests which members a node that is alone tries to reach. Without them, it would not notice that they refuse it. */
class JoinCheckTest {
    private static List<String> candidates(String bind, String service) {
        return JoinCheck.candidates(
                new ClusterConfig(true, "gatehouse", ListenAddress.parse(bind), List.of(), service, null));
    }

    /** The service is an address here, which is its own DNS record. */
    @Test
    void anIpv6Address_isAMember() {
        assertThat(candidates("fd00::7:5711", "fd00::8")).singleElement().satisfies(member -> {
            HostAndPort address = Objects.requireNonNull(HostAndPort.parseAuthority(member, 1));
            assertThat(address.host()).isEqualTo("[fd00:0:0:0:0:0:0:8]");
            assertThat(address.port()).isEqualTo(5711);
        });
        assertThat(candidates("10.0.0.7:5711", "10.0.0.8")).containsExactly("10.0.0.8:5711");
    }

    @Test
    void thisNode_isNoCandidate() {
        assertThat(candidates("[fd00::7]:5711", "fd00:0::7")).isEmpty();
        assertThat(candidates("10.0.0.7:5711", "10.0.0.7")).isEmpty();
    }

    /** Otherwise a node that starts first reaches its own port, and ends because that member does not admit it. */
    @Test
    void thisNode_isNoCandidate_ifTheListHasItsName() {
        List<String> members = List.of("localhost:5711", "localhost:5712", "192.0.2.1:5711");

        assertThat(JoinCheck.candidates(new ClusterConfig(
                        true, "gatehouse", ListenAddress.parse("127.0.0.1:5711"), members, null, null)))
                .contains("localhost:5712", "192.0.2.1:5711")
                .doesNotContain("localhost:5711", "127.0.0.1:5711");
    }
}
