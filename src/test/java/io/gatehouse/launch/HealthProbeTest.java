package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Gatehouse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthProbeTest {
    private static String authority(String url) {
        return URI.create(url).getAuthority();
    }

    @Test
    void aNodeIsReady_andItsProxyServesWithoutARoute() {
        try (Gatehouse node = Gatehouse.start()) {
            assertThat(HealthProbe.problem(authority(node.statusUrl("/")))).isNull();
            assertThat(HealthProbe.unserved(List.of(authority(node.proxyUrl("/")))))
                    .isNull();
        }
    }

    @Test
    void aServerErrorIsAProblem() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        try {
            assertThat(HealthProbe.unserved(
                            List.of("127.0.0.1:" + server.getAddress().getPort())))
                    .isNotNull();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aListenerThatIsNotThereIsAProblem() {
        String address = "127.0.0.1:" + FreePort.next();

        assertThat(HealthProbe.unserved(List.of(address))).startsWith(address + " does not respond: ");
        assertThat(HealthProbe.unserved(List.of("gatehouse-proxy"))).isEqualTo("expected host:port: gatehouse-proxy");
    }
}
