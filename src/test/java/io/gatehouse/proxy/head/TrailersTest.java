package io.gatehouse.proxy.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that a field which is removed from a head does not pass as a trailer (RFC 9110 §6.5). */
class TrailersTest {
    private static final String BODY = "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n";

    private static Gatehouse gatehouse;
    private static ScriptedUpstream upstream;

    @BeforeAll
    static void start() throws IOException {
        upstream = new ScriptedUpstream();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("plain", "/plain", upstream.port());
        gatehouse.createApi("keyed", "/keyed", upstream.port());
        gatehouse.createApi("changed", "/changed", upstream.port());
        gatehouse.create("/consumers", new JsonObject().put("username", "alex"));
        gatehouse.create("/consumers/alex/key-auth", new JsonObject().put("key", "sesame"));
        plugin("keyed", "key-auth", new JsonObject().put("hide_credentials", true));
        plugin(
                "changed",
                "request-transformer",
                new JsonObject()
                        .put("add", new JsonObject().put("headers", List.of("X-Added:gateway")))
                        .put("remove", new JsonObject().put("headers", List.of("X-Removed"))));
        plugin(
                "changed",
                "response-transformer",
                new JsonObject().put("remove", new JsonObject().put("headers", List.of("X-Internal"))));
    }

    private static void plugin(String service, String name, JsonObject config) {
        gatehouse.create(
                "/services/" + service + "/plugins",
                new JsonObject().put("name", name).put("config", config));
    }

    @AfterAll
    static void stop() throws IOException {
        gatehouse.close();
        upstream.close();
    }

    @BeforeEach
    void behave() {
        upstream.invalidate();
        upstream.behave(request -> ScriptedUpstream.OK);
    }

    /** Returns what the upstream received behind the body. */
    private static String passed(String path, String head, String trailers) {
        RawClient.first(gatehouse, "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + head + BODY + trailers + "\r\n");
        assertThat(upstream.requests()).hasSize(1);
        String request = upstream.requests().get(0);
        return request.substring(request.lastIndexOf("\r\n0\r\n") + 5);
    }

    @Test
    void aHiddenCredentialDoesNotPass() {
        assertThat(passed("/keyed", "apikey: sesame\r\n", "apikey: sesame\r\nX-Sum: 1\r\n"))
                .isEqualTo("X-Sum: 1\r\n\r\n");
    }

    @Test
    void aFieldThatAPluginRemovesOrSetsDoesNotPass() {
        assertThat(passed("/changed", "", "X-Added: client\r\nx-removed: 1\r\nX-Sum: 1\r\n"))
                .isEqualTo("X-Sum: 1\r\n\r\n");
    }

    @Test
    void aFieldOfTheConnectionDoesNotPass() {
        assertThat(passed("/plain", "Connection: X-Hop\r\n", "X-Hop: 1\r\nX-Sum: 1\r\n"))
                .isEqualTo("X-Sum: 1\r\n\r\n");
    }

    /** Returns the trailers that the client receives. */
    private static String returned(String path, String head, String trailers) {
        upstream.behave(request -> "HTTP/1.1 200 OK\r\n" + head + BODY + trailers + "\r\n");
        String response = RawClient.send(
                        gatehouse,
                        "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n")
                .text();
        return response.substring(response.lastIndexOf("\r\n0\r\n") + 5);
    }

    @Test
    void fieldsThatARecipientNeedsBeforeTheBodyDoNotPass() {
        assertThat(returned(
                        "/plain",
                        "Connection: X-Hop\r\n",
                        "Set-Cookie: a=b\r\nLocation: /b\r\nCache-Control: public\r\nX-Hop: 1\r\nX-Sum: 1\r\n"))
                .isEqualToIgnoringCase("X-Sum: 1\r\n\r\n");
    }

    @Test
    void noFieldPassesAPluginThatChangesTheResponse() {
        assertThat(returned("/changed", "", "X-Internal: 1\r\nX-Sum: 1\r\n")).isEqualTo("\r\n");
    }
}
