package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests {@code proxy.public-ports}: a load balancer translates the port of one listener and not of the other. */
class PublicPortsTest {
    @Test
    void theUpstreamReceivesThePortToWhichTheClientConnected() throws Exception {
        ListenAddress http = freeAddress();
        GatehouseConfig config = Gatehouse.config(TestDatabase.create(), List.of());
        ProxyConfig proxy = config.proxy();
        ProxyConfig translated = new ProxyConfig(
                http,
                proxy.https(),
                proxy.instances(),
                proxy.trustedIps(),
                proxy.nameServers(),
                Map.of(http.port(), 80),
                null,
                null,
                proxy.clients());
        try (Upstream upstream = Upstream.start();
                Gatehouse gatehouse = Gatehouse.start(config.withProxy(translated))) {
            gatehouse.createApi("api", "/api", upstream.port());

            assertThat(gatehouse.get("/api", "X-Forwarded-Port", "6666").upstreamHeader("x-forwarded-port"))
                    .isEqualTo("80");
            assertThat(Http.send(Http.get(gatehouse.secureUrl("/api"))).upstreamHeader("x-forwarded-port"))
                    .isEqualTo(String.valueOf(gatehouse.node().port("proxy.https")));
        }
    }

    private static ListenAddress freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new ListenAddress("127.0.0.1", socket.getLocalPort());
        }
    }
}
