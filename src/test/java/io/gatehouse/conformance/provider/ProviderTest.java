package io.gatehouse.conformance.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Runs a node for each class, and a provider for each test. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class ProviderTest {
    static PluginApi api;
    CheckingProvider idp;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void startProvider() {
        idp = new CheckingProvider();
    }

    @AfterEach
    void stopProvider() {
        idp.close();
    }

    static String protectedBy(JsonObject config) {
        return api.protectedBy("openid-connect", config);
    }

    static Reply withToken(String path, String token) {
        return api.gatehouse.getWithToken(path, token);
    }

    static Reply withBasic(String path, String pair) {
        return api.gatehouse.get(path, "Authorization", CheckingProvider.basic(pair));
    }

    static CompletableFuture<Reply> sendWithToken(String path, String token) {
        return Http.sendAsync(Http.get(api.gatehouse.proxyUrl(path), "Authorization", "Bearer " + token));
    }

    /** Returns a response of the token endpoint. */
    static JsonObject tokens(String accessToken) {
        return new JsonObject()
                .put("access_token", accessToken)
                .put("token_type", "Bearer")
                .put("expires_in", 300)
                .put("scope", "read");
    }

    static void isInvalidToken(Reply reply) {
        reply.isMessage(401, "Unauthorized");
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
    }

    static void isUnavailable(Reply reply) {
        reply.isMessage(503, "temporarily unavailable");
        assertThat(reply.header("retry-after")).isEqualTo("1");
    }

    /** Fails in one of the ways of a provider that does not decide. */
    static void fail(String way, HttpServerRequest request) {
        switch (way) {
            case "html" ->
                request.response().putHeader("Content-Type", "text/html").end("<html>login</html>");
            case "redirect" ->
                request.response()
                        .setStatusCode(302)
                        .putHeader("Location", request.path() + "/other")
                        .end();
            case "500" -> request.response().setStatusCode(500).end();
            case "100 MB" -> {
                request.response().setChunked(true);
                send(request, 100);
            }
            case "slow" -> request.response().setChunked(true).write("{");
            default -> throw new IllegalArgumentException(way);
        }
    }

    /** Writes 1 MiB at a time, as fast as the peer reads. */
    private static void send(HttpServerRequest request, int times) {
        if (times == 0) {
            request.response().end();
            return;
        }
        request.response().write(Buffer.buffer(new byte[1024 * 1024])).onSuccess(written -> send(request, times - 1));
    }
}
