package io.gatehouse.conformance.auth;

import static io.gatehouse.conformance.auth.HmacSignatures.authorization;
import static io.gatehouse.conformance.auth.HmacSignatures.hmac;
import static io.gatehouse.conformance.auth.HmacSignatures.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that the bytes of a header are compared with text as UTF-8, as in the query. */
class HeaderBytesTest {
    private static final String KEY = "schlüssel";
    /** The characters of the same bytes in Latin-1. */
    private static final String MISREAD = "schlÃ¼ssel";

    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    /** Sends headers as UTF-8 and returns the status. */
    private static int status(String path, String... headers) {
        return answer(path, headers).status();
    }

    private static RawClient.Answer answer(String path, String... headers) {
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        return RawClient.send(api.gatehouse, octets(head + "\r\n"));
    }

    /** Returns text as {@link RawClient} writes it: one character for each byte. */
    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aKeyInTheHeader_isTheKeyOfTheQuery() {
        String path = api.protectedBy("key-auth", new JsonObject());
        String owner = api.consumer();
        String other = api.consumer();
        api.gatehouse.create("/consumers/" + owner + "/key-auth", new JsonObject().put("key", KEY));
        api.gatehouse.create("/consumers/" + other + "/key-auth", new JsonObject().put("key", MISREAD));

        api.gatehouse.get(path + "?apikey=schl%C3%BCssel").isStatus(200);
        assertThat(answer(path, "apikey", KEY).text()).contains(owner).doesNotContain(other);
        assertThat(answer(path, "apikey", MISREAD).text()).contains(other).doesNotContain(owner);
    }

    @Test
    void anImportedToken_isReadAsUtf8() {
        String path = api.protectedBy(
                "oauth2",
                new JsonObject().put("enable_client_credentials", true).put("global_credentials", true));
        JsonObject client = api.gatehouse.register("imported", new JsonObject());
        api.gatehouse.create(
                "/oauth2_tokens",
                new JsonObject()
                        .put("credential", new JsonObject().put("id", client.getString("id")))
                        .put("expires_in", 0)
                        .put("access_token", KEY));

        api.gatehouse.get(path + "?access_token=schl%C3%BCssel").isStatus(200);
        assertThat(status(path, "Authorization", "Bearer " + KEY)).isEqualTo(200);
        assertThat(status(path, "Authorization", KEY)).isEqualTo(200);
        assertThat(status(path, "Authorization", "Bearer " + MISREAD)).isEqualTo(401);
    }

    @Test
    void theUsernameOfASignature_isReadAsUtf8() {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        api.gatehouse.create(
                "/consumers/" + api.consumer() + "/hmac-auth",
                new JsonObject().put("username", KEY).put("secret", "s3cret"));
        String date = now(0);
        String signature = hmac("HmacSHA256", "s3cret", "x-date: " + date);

        assertThat(status(
                        path, "X-Date", date, "Authorization", authorization(KEY, "hmac-sha256", "x-date", signature)))
                .isEqualTo(200);
        assertThat(status(
                        path,
                        "X-Date",
                        date,
                        "Authorization",
                        authorization(MISREAD, "hmac-sha256", "x-date", signature)))
                .isEqualTo(401);
    }

    @Test
    void aConditionOfARoute_isReadAsUtf8() {
        String service = api.open().substring(1);
        api.gatehouse.create(
                "/services/" + service + "/routes",
                new JsonObject()
                        .put("paths", new JsonArray().add("/cities"))
                        .put("headers", new JsonObject().put("x-city", List.of("Köln", "~*^münster$"))));

        assertThat(status("/cities", "X-City", "Köln")).isEqualTo(200);
        assertThat(status("/cities", "X-City", "KÖLN")).isEqualTo(200);
        assertThat(status("/cities", "X-City", "Münster")).isEqualTo(200);
        assertThat(status("/cities", "X-City", "KÃ¶ln")).isEqualTo(404);
    }

    @Test
    void theExpressionsOfBotDetection_readUtf8() {
        String path = api.protectedBy("bot-detection", new JsonObject().put("deny", List.of("^käfer.$")));

        assertThat(status(path, "User-Agent", "käferü")).isEqualTo(403);
        assertThat(status(path, "User-Agent", "käfer")).isEqualTo(200);
    }
}
