package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests references to vaults in the fields of plugins and credentials (docs/reference/admin-api.md#vaults). */
class VaultReferencesTest {
    private static final String REFERENCE = "{vault://env/secret}";
    private static final BlockingQueue<String> RECEIVED = new LinkedBlockingQueue<>();

    private static PluginApi api;
    private static Map<String, String> environment;

    @BeforeAll
    static void start() {
        environment = new HashMap<>(
                Map.of("WEBHOOK", "whsec", "LOG_TOKEN", "Bearer of-the-log", "SESSION_SECRET", "of-the-sessions"));
        api = new PluginApi(Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of()), environment));
        HttpServer server = Gatehouse.await(api.upstream
                .vertx()
                .createHttpServer()
                .requestHandler(request -> {
                    RECEIVED.add(request.path() + " " + request.getHeader("Authorization"));
                    request.response().end();
                })
                .listen(0, "127.0.0.1"));
        environment.put("LOG_URL", "http://127.0.0.1:" + server.actualPort() + "/hidden");
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static int webhook(String path, String key) throws GeneralSecurityException {
        long now = System.currentTimeMillis() / 1000;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal(("id." + now + ".{}").getBytes(StandardCharsets.UTF_8));
        return Http.send(Http.json("POST", api.gatehouse.proxyUrl(path), "{}")
                        .header("webhook-id", "id")
                        .header("webhook-timestamp", Long.toString(now))
                        .header("webhook-signature", "v1," + Base64.getEncoder().encodeToString(signature)))
                .status();
    }

    @Test
    void aWebhookIsSignedWithTheSecretOfTheReference() throws GeneralSecurityException {
        String reference = "{vault://env/webhook}";
        String path = api.open();
        JsonObject plugin = api.add(path, "standard-webhooks", new JsonObject().put("secret_v1", reference));
        assertThat(webhook(path, "whsec")).isEqualTo(200);
        assertThat(webhook(path, reference)).isEqualTo(400);
        assertThat(plugin.getJsonObject("config").getString("secret_v1")).isEqualTo(reference);
        assertThat(api.gatehouse
                        .admin("GET", "/plugins/" + plugin.getString("id"))
                        .text())
                .contains(reference)
                .doesNotContain("whsec");
    }

    @Test
    void noWebhookIsAcceptedWithoutASecret() throws GeneralSecurityException {
        String reference = "{vault://env/absent}";
        String path = api.protectedBy("standard-webhooks", new JsonObject().put("secret_v1", reference));
        assertThat(webhook(path, reference)).isEqualTo(503);
        assertThat(webhook(path, "\0"))
                .as("the key of zeros that an empty one is padded to")
                .isEqualTo(503);
        Http.send(Http.get(api.gatehouse.proxyUrl(api.open()))).isStatus(200);
    }

    @Test
    void sessionsHaveTheSecretOfTheReference() {
        JsonObject key = api.key(api.consumer());
        String absent = api.protectedBy("key-auth", new JsonObject());
        api.add(absent, "session", new JsonObject().put("secret", "{vault://env/absent}"));
        assertThat(api.getWithKey(absent, key).isStatus(200).header("set-cookie"))
                .isNull();
        api.gatehouse
                .get(absent, "apikey", key.getString("key"), "Cookie", "session=perhaps-valid")
                .isStatus(503);

        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "session", new JsonObject().put("secret", "{vault://env/session-secret}"));
        api.getWithKey(path, key).isStatus(200).hasHeader("set-cookie");
    }

    @Test
    void aLogGoesToTheEndpointOfTheReference() throws InterruptedException {
        JsonObject config = new JsonObject()
                .put("http_endpoint", "{vault://env/log-url}")
                .put("headers", new JsonObject().put("Authorization", "{vault://env/log-token}"));
        String path = api.protectedBy("http-log", config);

        Http.send(Http.get(api.gatehouse.proxyUrl(path))).isStatus(200);

        assertThat(RECEIVED.poll(60, TimeUnit.SECONDS)).isEqualTo("/hidden Bearer of-the-log");
    }

    @ParameterizedTest
    @CsvSource({
        "http-log, http_endpoint",
        "loggly, key",
        "datadog, host",
    })
    void aLogWithoutASecretDoesNotStopTheProxy(String plugin, String field) {
        String path = api.protectedBy(plugin, new JsonObject().put(field, REFERENCE));
        Http.send(Http.get(api.gatehouse.proxyUrl(path))).isStatus(200);
    }

    @Test
    void theSchemasMarkTheFieldsThatKongMarks() {
        for (String field : List.of(
                "http-log/http_endpoint",
                "loggly/key",
                "datadog/host",
                "session/secret",
                "standard-webhooks/secret_v1")) {
            String[] parts = field.split("/", -1);
            assertThat(schema(parts[0], parts[1]).getBoolean("referenceable"))
                    .as(field)
                    .isTrue();
        }
        assertThat(schema("http-log", "headers").getJsonObject("values").getBoolean("referenceable"))
                .isTrue();
        String redis = schema("rate-limiting", "redis").encode();
        assertThat(redis.split("referenceable", -1)).as(redis).hasSize(3);
        assertThat(schema("oauth2", "provision_key").containsKey("referenceable"))
                .isFalse();
    }

    private static JsonObject schema(String plugin, String field) {
        return api.gatehouse.admin("GET", "/schemas/plugins/" + plugin).json().getJsonArray("fields").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.containsKey("config"))
                .flatMap(each -> each.getJsonObject("config").getJsonArray("fields").stream())
                .map(JsonObject.class::cast)
                .filter(each -> each.containsKey(field))
                .findFirst()
                .orElseThrow()
                .getJsonObject(field);
    }

    @ParameterizedTest
    @CsvSource({
        "oauth2, client_secret, name",
        "key-auth, key, ",
        "jwt, secret, ",
        "basic-auth, password, username",
        "hmac-auth, secret, username"
    })
    void aReferenceIsNoCredential(String kind, String field, String required) {
        String consumer = api.gatehouse
                .create("/consumers", new JsonObject().put("username", "of " + kind))
                .getString("id");
        JsonObject credential = new JsonObject().put(field, REFERENCE);
        if (required != null) {
            credential.put(required, "any");
        }
        refuses(api.gatehouse.admin("POST", "/consumers/" + consumer + "/" + kind, credential), field);
    }

    @Test
    void aReferenceIsNoProvisionKeyAndNoToken() {
        JsonObject config = new JsonObject().put("enable_password_grant", true).put("provision_key", REFERENCE);
        refuses(
                api.gatehouse.admin(
                        "POST",
                        "/plugins",
                        new JsonObject().put("name", "oauth2").put("config", config)),
                "config.provision_key");
        JsonObject client = api.gatehouse.register("of-tokens", new JsonObject());
        for (String field : List.of("access_token", "refresh_token")) {
            JsonObject token = new JsonObject()
                    .put("credential", new JsonObject().put("id", client.getString("id")))
                    .put("expires_in", 60)
                    .put(field, REFERENCE);
            refuses(api.gatehouse.admin("POST", "/oauth2_tokens", token), field);
        }
    }

    private static void refuses(Reply reply, String field) {
        reply.isMessage(400, "schema violation (" + field + ": references to a vault are not supported here)");
    }
}
