package io.gatehouse.proxy.stream;

import static io.gatehouse.proxy.stream.StreamNode.PLAIN;
import static io.gatehouse.proxy.stream.StreamNode.assertClosed;
import static io.gatehouse.proxy.stream.StreamNode.assertEchoes;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.telemetry.StreamEntry;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Connections in clear text (docs/reference/proxy.md#connections). */
class TcpRouteTest {
    private static StreamNode node;
    private static TcpUpstream echo;

    @BeforeAll
    static void start() {
        node = new StreamNode();
        echo = TcpUpstream.start(TcpUpstream::echo);
    }

    @AfterAll
    static void stop() {
        node.close();
        echo.close();
    }

    @AfterEach
    void reset() {
        node.reset();
    }

    private static JsonObject sources(String ip) {
        return new JsonObject()
                .put("protocols", new JsonArray().add("tcp"))
                .put("sources", new JsonArray().add(new JsonObject().put("ip", ip)));
    }

    @Test
    void aConnectionMatchesByItsDestination() throws IOException {
        JsonObject service = node.service(new JsonObject()
                .put("name", "ledger")
                .put("protocol", "tcp")
                .put("host", "127.0.0.1")
                .put("port", echo.port()));
        node.route(service, PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
            client.shutdownOutput();
            assertClosed(client);
            StreamEntry entry = node.lines.of(client);
            assertThat(entry.end()).isEqualTo("closed");
            assertThat(entry.protocol()).isEqualTo("tcp");
            assertThat(entry.listener()).isEqualTo("127.0.0.1:" + node.port(PLAIN));
            assertThat(entry.service()).isEqualTo("ledger");
            assertThat(entry.target()).isEqualTo("127.0.0.1:" + echo.port());
            assertThat(entry.receivedBytes()).isEqualTo(8);
            assertThat(entry.sentBytes()).isEqualTo(8);
            assertThat(entry.connectNanos()).isPositive().isLessThanOrEqualTo(entry.durationNanos());
        }
    }

    @Test
    void aConnectionMatchesByItsSource() throws IOException {
        JsonObject service = node.service("tcp", echo.port());
        node.route(service, sources("10.0.0.0/8"));
        try (Socket client = node.connect(PLAIN)) {
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("no_route");
        }
        node.route(service, sources("127.0.0.0/30"));
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
        }
    }

    @Test
    void theUpstreamMaySendFirst() throws IOException {
        try (TcpUpstream greeter = TcpUpstream.start(
                connection -> connection.getOutputStream().write("220 ready".getBytes(StandardCharsets.US_ASCII)))) {
            node.route(node.service("tcp", greeter.port()), PLAIN, "tcp");
            try (Socket client = node.connect(PLAIN)) {
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("220 ready");
            }
        }
    }

    @Test
    void aClientThatEndsItsOutputReceivesTheResponse() throws IOException {
        try (TcpUpstream counter = TcpUpstream.start(connection -> {
            int length = connection.getInputStream().readAllBytes().length;
            connection.getOutputStream().write(String.valueOf(length).getBytes(StandardCharsets.US_ASCII));
        })) {
            node.route(node.service("tcp", counter.port()), PLAIN, "tcp");
            try (Socket client = node.connect(PLAIN)) {
                client.getOutputStream().write(new byte[1_000_000]);
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("1000000");
                assertThat(node.lines.of(client).receivedBytes()).isEqualTo(1_000_000);
            }
        }
    }

    @Test
    void anUpstreamThatEndsItsOutputReceivesTheRest() throws IOException {
        try (TcpUpstream upstream = TcpUpstream.start(connection -> {
            connection.shutdownOutput();
            assertThat(connection.getInputStream().readAllBytes()).hasSize(100_000);
        })) {
            node.route(node.service("tcp", upstream.port()), PLAIN, "tcp");
            try (Socket client = node.connect(PLAIN)) {
                assertClosed(client);
                client.getOutputStream().write(new byte[100_000]);
                client.shutdownOutput();
                StreamEntry entry = node.lines.of(client);
                assertThat(entry.end()).isEqualTo("closed");
                assertThat(entry.receivedBytes()).isEqualTo(100_000);
            }
        }
    }

    @Test
    void aResetOfTheUpstreamResetsTheClient() throws IOException {
        try (TcpUpstream upstream = TcpUpstream.start(connection -> {
            connection.getInputStream().read();
            connection.setSoLinger(true, 0);
        })) {
            node.route(node.service("tcp", upstream.port()), PLAIN, "tcp");
            try (Socket client = node.connect(PLAIN)) {
                client.getOutputStream().write(1);
                assertClosed(client);
                assertThat(node.lines.of(client).end()).isEqualTo("reset");
            }
        }
    }

    @Test
    void aRouteOfTlsIsNotServedInClearTextAndNoLowerRouteIs() throws IOException {
        JsonObject service = node.service("tcp", echo.port());
        node.route(
                service,
                new JsonObject()
                        .put("protocols", new JsonArray().add("tls"))
                        .put("sources", new JsonArray().add(new JsonObject().put("ip", "127.0.0.1")))
                        .put("destinations", new JsonArray().add(new JsonObject().put("port", node.port(PLAIN)))));
        node.route(service, PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("tls_required");
        }
    }

    @Test
    void aRouteWithAPluginIsNotServedAndNoLowerRouteIs() throws IOException {
        JsonObject service = node.service("tcp", echo.port());
        JsonObject guarded = node.route(
                service,
                new JsonObject()
                        .put("protocols", new JsonArray().add("tcp"))
                        .put("sources", new JsonArray().add(new JsonObject().put("ip", "127.0.0.1")))
                        .put("destinations", new JsonArray().add(new JsonObject().put("port", node.port(PLAIN)))));
        node.route(service, PLAIN, "tcp");
        node.create("plugins", new JsonObject().put("name", "correlation-id"));
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
        }
        JsonObject plugin = node.create(
                "plugins",
                new JsonObject()
                        .put("name", "key-auth")
                        .put("route", new JsonObject().put("id", guarded.getString("id"))));
        try (Socket client = node.connect(PLAIN)) {
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("not_served");
        }
        node.gatehouse
                .admin("PATCH", "/plugins/" + plugin.getString("id"), new JsonObject().put("enabled", false))
                .isStatus(200);
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
        }
    }

    @Test
    void aRouteWithAGlobalPluginForItsProtocolIsNotServed() throws IOException {
        node.route(node.service("tcp", echo.port()), PLAIN, "tcp");
        JsonObject plugin = node.create(
                "plugins",
                new JsonObject()
                        .put("name", "ip-restriction")
                        .put("protocols", new JsonArray().add("http").add("tcp"))
                        .put("config", new JsonObject().put("deny", new JsonArray().add("127.0.0.1"))));
        try (Socket client = node.connect(PLAIN)) {
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("not_served");
        }
        node.gatehouse
                .admin(
                        "PATCH",
                        "/plugins/" + plugin.getString("id"),
                        new JsonObject().put("protocols", new JsonArray().add("http")))
                .isStatus(200);
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
        }
    }

    @Test
    void aRouteWithoutAServiceOrWithAServiceForRequestsIsNotServed() throws IOException {
        JsonObject route = node.route(node.service("http", echo.port()), PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("not_served");
        }
        node.gatehouse
                .admin("PATCH", "/routes/" + route.getString("id"), new JsonObject().putNull("service"))
                .isStatus(200);
        try (Socket client = node.connect(PLAIN)) {
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("not_served");
        }
    }

    @Test
    void aChangeLeavesOpenConnectionsAndAppliesToTheNext() throws IOException {
        JsonObject route = node.route(node.service("tcp", echo.port()), PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
            node.gatehouse
                    .admin(
                            "PATCH",
                            "/routes/" + route.getString("id"),
                            new JsonObject().put("destinations", new JsonArray().add(new JsonObject().put("port", 1))))
                    .isStatus(200);
            try (Socket next = node.connect(PLAIN)) {
                assertClosed(next);
            }
            assertEchoes(client);
        }
    }

    @Test
    void theNodeShowsItsListenersAndItsTraffic() throws IOException {
        node.route(node.service("tcp", echo.port()), PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
            client.shutdownOutput();
            assertClosed(client);
            node.lines.of(client);
        }
        JsonObject configuration = node.gatehouse.admin("GET", "/").json().getJsonObject("configuration");
        assertThat(configuration.getJsonArray("stream_listen"))
                .isEqualTo(new JsonArray().add("127.0.0.1:0").add("127.0.0.1:0 ssl"));
        JsonObject tls = configuration.getJsonArray("stream_listeners").getJsonObject(1);
        assertThat(tls.getString("ip")).isEqualTo("127.0.0.1");
        assertThat(tls.getInteger("port")).isZero();
        assertThat(tls.getBoolean("ssl")).isTrue();
        assertThat(tls.getBoolean("http2")).isFalse();
        assertThat(tls.getString("listener")).isEqualTo("127.0.0.1:0 ssl");
        assertThat(Http.send(Http.get(node.gatehouse.statusUrl("/metrics"))).text())
                .contains("gatehouse_stream_connections_total{end=\"closed\"")
                .contains("gatehouse_stream_received_bytes_total{");
    }
}
