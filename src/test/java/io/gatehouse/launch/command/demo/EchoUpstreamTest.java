package io.gatehouse.launch.command.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.testing.Http;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class EchoUpstreamTest {
    @Test
    void otherContainersReachTheUpstream_thatListensOnEveryAddress() throws IOException {
        try (EchoUpstream upstream = EchoUpstream.start(new ListenAddress("0.0.0.0", 0))) {
            assertThat(Http.send(Http.get("http://" + address() + ":" + upstream.port() + "/anything?n=1"))
                            .isStatus(200)
                            .json()
                            .getString("url"))
                    .isEqualTo("/anything?n=1");
        }
    }

    /** An address of this machine that is not loopback. */
    private static String address() throws IOException {
        Optional<InetAddress> found = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
        return found.map(InetAddress::getHostAddress)
                .orElseThrow(() -> new TestAbortedException("this machine has only loopback"));
    }
}
