package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the correlation-id plugin against Kong 3.9. */
class CorrelationIdTest {
    private static final String HEADER = "kong-request-id";

    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject generating(String generator) {
        return new JsonObject().put("generator", generator).put("echo_downstream", true);
    }

    private static String[] processAndCount(String path) {
        return String.valueOf(api.gatehouse.get(path).isStatus(200).upstreamHeader(HEADER))
                .split("#", 2);
    }

    @Test
    void theUpstreamReceivesAnIdAndTheClientDoesNot() {
        Reply reply = api.gatehouse.get(api.protectedBy("correlation-id", new JsonObject()));
        assertThat(reply.isStatus(200).upstreamHeader(HEADER)).matches("[0-9a-f-]{36}#[0-9]+");
        assertThat(reply.header(HEADER)).isNull();
    }

    @Test
    void theCounterContinuesAfterAChangeOfConfiguration() {
        String path = api.protectedBy("correlation-id", new JsonObject());
        String[] before = processAndCount(path);
        String[] next = processAndCount(path);
        api.add(path, "cors", new JsonObject());
        String[] changed = processAndCount(path);

        assertThat(UUID.fromString(before[0]).version()).isEqualTo(4);
        assertThat(next[0]).isEqualTo(before[0]);
        assertThat(changed[0]).isEqualTo(before[0]);
        assertThat(Long.parseLong(next[1])).isGreaterThan(Long.parseLong(before[1]));
        assertThat(Long.parseLong(changed[1])).isGreaterThan(Long.parseLong(next[1]));
    }

    @Test
    void anIdCanBeAUuid() {
        String path = api.protectedBy("correlation-id", generating("uuid"));
        UUID one = UUID.fromString(api.gatehouse.get(path).upstreamHeader(HEADER));
        UUID other = UUID.fromString(api.gatehouse.get(path).upstreamHeader(HEADER));
        assertThat(one).isNotEqualTo(other);
        assertThat(one.version()).isEqualTo(4);
        assertThat(one.variant()).isEqualTo(2);
    }

    @Test
    void anIdCanContainTheListenersAddress() {
        String path = api.protectedBy("correlation-id", generating("tracker"));
        String one = api.gatehouse.get(path).upstreamHeader(HEADER);
        assertThat(one)
                .matches("127\\.0\\.0\\.1-" + api.gatehouse.node().port("proxy.http") + "-"
                        + ProcessHandle.current().pid() + "-[0-9]+-[0-9]+-[0-9]{10}\\.[0-9]{3}");
        assertThat(api.gatehouse.get(path).upstreamHeader(HEADER)).isNotEqualTo(one);
    }

    @Test
    void theClientReceivesTheIdWithEchoDownstream() {
        Reply reply = api.gatehouse.get(api.protectedBy("correlation-id", generating("uuid")));
        assertThat(reply.header(HEADER)).isNotNull().isEqualTo(reply.upstreamHeader(HEADER));
    }

    @Test
    void anIdOfTheClientIsKept() {
        String path = api.protectedBy("correlation-id", generating("uuid"));
        Reply reply = api.gatehouse.get(path, HEADER, "mine").isStatus(200);
        assertThat(reply.upstreamHeader(HEADER)).isEqualTo("mine");
        assertThat(reply.header(HEADER)).isEqualTo("mine");
    }

    @Test
    void anEmptyIdIsReplaced() {
        String path = api.protectedBy("correlation-id", generating("uuid"));
        Reply reply = api.gatehouse.get(path, HEADER, "").isStatus(200);
        assertThat(reply.upstreamHeader(HEADER)).hasSize(36);
    }

    @Test
    void ofSeveralIdsTheFirstIsUsed() {
        String path = api.protectedBy("correlation-id", generating("uuid"));
        Reply reply = api.gatehouse.get(path, HEADER, "one", HEADER, "two").isStatus(200);
        assertThat(reply.upstreamHeader(HEADER)).isEqualTo("one");
        assertThat(reply.header(HEADER)).isEqualTo("one");
    }

    @Test
    void anErrorResponseCarriesTheIdToo() {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "correlation-id", generating("uuid").put("header_name", "X-Own-Id"));
        Reply refused = api.gatehouse.get(path).isStatus(401);
        assertThat(refused.header("x-own-id")).hasSize(36);
    }

    @Test
    void aResponseWithoutARouteCarriesTheIdOfAGlobalPlugin() {
        JsonObject plugin = api.gatehouse.create(
                "/plugins", new JsonObject().put("name", "correlation-id").put("config", generating("uuid")));
        try {
            assertThat(api.gatehouse.get("/nowhere").isStatus(404).header(HEADER))
                    .hasSize(36);
            assertThat(api.gatehouse
                            .get("/nowhere", HEADER, "mine")
                            .isStatus(404)
                            .header(HEADER))
                    .isEqualTo("mine");
        } finally {
            api.gatehouse.admin("DELETE", "/plugins/" + plugin.getString("id")).isStatus(204);
        }
    }

    @Test
    void aWebSocketHandshakeCarriesTheIdBothWays() {
        String path = api.protectedBy("correlation-id", generating("uuid"));
        AtomicReference<String> received = new AtomicReference<>();
        try {
            api.upstream.behave(request -> {
                received.set(request.getHeader(HEADER));
                request.toWebSocket();
            });
            WebSocket socket = Gatehouse.await(
                    api.upstream.webSockets().connect(api.gatehouse.node().port("proxy.http"), "127.0.0.1", path));
            assertThat(socket.headers().get(HEADER)).hasSize(36).isEqualTo(received.get());
            Gatehouse.await(socket.close());
        } finally {
            api.upstream.behave(Upstream::echo);
        }
    }

    @Test
    void aHeaderThatFramesAMessageIsRejected() {
        JsonObject plugin = new JsonObject()
                .put("name", "correlation-id")
                .put("config", new JsonObject().put("header_name", "Content-Length"));
        api.gatehouse
                .admin("POST", "/services" + api.open() + "/plugins", plugin)
                .isMessage(400, "schema violation (config.header_name: header 'Content-Length' cannot carry an id)");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("correlation-id", new JsonObject());
    }
}
