package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.AccessLines;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.telemetry.AccessEntry;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Runs a gateway with the API {@code /api} of an upstream that agrees to each WebSocket, and collects the access log. */
final class HandshakeApi implements AutoCloseable {
    final Gatehouse gatehouse = Gatehouse.start();
    final RawUpstream upstream = new RawUpstream();
    private final AccessLines log = new AccessLines();

    HandshakeApi() {
        gatehouse.createApi("api", "/api", upstream.port());
    }

    int port() {
        return gatehouse.node().port("proxy.http");
    }

    /** Creates a Service and the Route {@code /name} in front of it. */
    void route(String name, String url, JsonObject service) {
        gatehouse.create("/services", service.copy().put("name", name).put("url", url));
        gatehouse.create(
                "/services/" + name + "/routes",
                new JsonObject().put("name", name).put("paths", List.of("/" + name)));
    }

    String handshake(String path, String... lines) throws IOException {
        return RawHandshake.exchange(port(), RawHandshake.request(path, lines));
    }

    /** Returns the entry of the access log for the request of a response. */
    AccessEntry entry(String response) {
        String id = RawUpstream.header(response, "x-kong-request-id");
        return await().until(() -> log.entry(id), Objects::nonNull);
    }

    static void isErrorOfTheGateway(String response, int status) {
        assertThat(response).startsWith("HTTP/1.1 " + status + " ");
        assertThat(RawUpstream.header(response, "server")).startsWith("gatehouse/");
        String id = RawUpstream.header(response, "x-kong-request-id");
        assertThat(id).hasSize(32);
        JsonObject body = new JsonObject(response.substring(response.indexOf("\r\n\r\n")));
        assertThat(body.getString("message")).isNotEmpty();
        assertThat(body.getString("request_id")).isEqualTo(id);
    }

    @Override
    public void close() {
        log.close();
        gatehouse.close();
        upstream.close();
    }
}
