package io.gatehouse.conformance.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.conformance.Http2Requests;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.TcpRelay;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests several authentication plugins on one route (docs/reference/plugins.md#several-authentication-plugins). */
class SeveralAuthPluginsTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    private static PluginApi api;
    private static JsonObject application;
    private static JsonObject key;
    private static JsonObject signer;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        application = api.gatehouse.register("app-owner", new JsonObject());
        key = api.key(api.consumer());
        signer = api.gatehouse.create("/consumers/" + api.consumer() + "/jwt", new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String jwt() {
        JsonObject claims = new JsonObject().put("iss", signer.getString("key"));
        return Jwts.hmac("HS256", signer.getString("secret").getBytes(UTF_8), claims);
    }

    private static JsonObject oauth2(JsonObject more) {
        return new JsonObject().put("enable_client_credentials", true).mergeIn(more);
    }

    private static String consumerOf(JsonObject credential) {
        return credential.getJsonObject("consumer").getString("id");
    }

    @Test
    void withoutAnonymousEveryPluginMustSucceed() {
        String path = api.protectedBy("oauth2", oauth2(new JsonObject()));
        api.add(path, "key-auth", new JsonObject());
        String token = api.gatehouse.clientCredentialsToken(path, application);
        String apikey = key.getString("key");

        api.gatehouse.get(path).isStatus(401);
        api.getWithKey(path, key).isError(401, "invalid_request", "The access token is missing");
        api.gatehouse.getWithToken(path, token).isMessage(401, "No API key found in request");
        api.gatehouse
                .get(path, "Authorization", "Bearer " + token, "apikey", "wrong")
                .isMessage(401, "Unauthorized");
        Reply both = api.gatehouse
                .get(path, "Authorization", "Bearer " + token, "apikey", apikey)
                .isStatus(200);
        // As in Kong, the plugin that runs last determines the Consumer.
        assertThat(both.upstreamHeader("x-consumer-id")).isEqualTo(consumerOf(key));
    }

    @Test
    void bothPluginsCanHideTheirCredentials() {
        JsonObject hide = new JsonObject().put("hide_credentials", true);
        String path = api.protectedBy("oauth2", oauth2(hide));
        api.add(path, "key-auth", hide);
        String token = api.gatehouse.clientCredentialsToken(path, application);

        Reply reply = api.gatehouse
                .get(path, "Authorization", "Bearer " + token, "apikey", key.getString("key"))
                .isStatus(200);

        assertThat(reply.upstreamHeader("authorization")).isNull();
        assertThat(reply.upstreamHeader("apikey")).isNull();
    }

    @Test
    void withAnonymousOnePluginIsSufficientAndDeterminesTheConsumer() {
        String path = either(api.consumer());
        String token = api.gatehouse.clientCredentialsToken(path, application);

        assertIs(api.gatehouse.getWithToken(path, token), consumerOf(application));
        assertIs(api.getWithKey(path, key), consumerOf(key));
        assertIs(api.gatehouse.get(path + "?jwt=" + jwt()), consumerOf(signer));
    }

    @Test
    void bothPluginsReadTheSameParametersFromABody() {
        String path = api.protectedBy("oauth2", oauth2(new JsonObject()));
        api.add(path, "key-auth", new JsonObject().put("key_in_body", true));
        String token = api.gatehouse.clientCredentialsToken(path, application);
        String apikey = key.getString("key");
        String form = "access_token=" + token + "&apikey=" + apikey;

        post(path, FORM, form).isStatus(200);
        post(path, "multipart/form-data; boundary=x", multipart(token, apikey)).isStatus(200);
        post(path, "multipart/form-data; boundary=\"x\"", multipart(token, apikey))
                .isStatus(200);
        post(path, "application/json", "{\"access_token\":\"" + token + "\",\"apikey\":\"" + apikey + "\"}")
                .isStatus(200);

        // A body that is malformed for one of them is malformed for the other.
        api.gatehouse.getWithToken(path, token).isMessage(401, "No API key found in request");
        for (String more : List.of("&note=100%", "&%zz", "&x=%ff")) {
            Reply refused = Http.send(Http.get(api.gatehouse.proxyUrl(path))
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", FORM)
                    .POST(HttpRequest.BodyPublishers.ofString(form + more)));
            refused.isMessage(401, "No API key found in request");
        }
    }

    @Test
    void bothPluginsCanHideTheirCredentialsInABody() {
        JsonObject hide = new JsonObject().put("hide_credentials", true);
        String path = api.protectedBy("oauth2", oauth2(hide));
        api.add(path, "key-auth", hide.copy().put("key_in_body", true));
        String token = api.gatehouse.clientCredentialsToken(path, application);
        String form = "access_token=" + token + "&a=1&apikey=" + key.getString("key");

        Reply reply = post(path, FORM, form).isStatus(200);

        assertThat(reply.json().getString("body")).isEqualTo("a=1");
    }

    /** In HTTP/2, no body follows once the first plugin has read it. */
    @Test
    void inHttp2ALaterPluginFindsItsKeyInABodyThatIsReadAlready() {
        String path = api.protectedBy("oauth2", oauth2(new JsonObject().put("anonymous", api.consumer())));
        api.add(path, "key-auth", new JsonObject().put("key_in_body", true));
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("localhost")
                .setPort(api.gatehouse.node().port("proxy.http"))
                .setURI(path)
                .putHeader("Content-Type", FORM);

        assertThat(Http2Requests.status(options, List.of(Buffer.buffer("apikey=" + key.getString("key")))))
                .isEqualTo(200);
        assertThat(Http2Requests.status(options, List.of(Buffer.buffer("apikey=wrong"))))
                .isEqualTo(401);
    }

    private static Reply post(String path, String type, String body) {
        return Http.send(Http.get(api.gatehouse.proxyUrl(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String multipart(String token, String apikey) {
        String head = "--x\r\nContent-Disposition: form-data; name=";
        return head + "\"access_token\"\r\n\r\n" + token + "\r\n" + head + "apikey\r\n\r\n" + apikey + "\r\n--x--\r\n";
    }

    @Test
    void afterOnePluginSucceedsTheOthersDoNotCheck() {
        String path = either(api.consumer());
        assertIs(api.gatehouse.get(path + "?jwt=" + jwt(), "apikey", key.getString("key")), consumerOf(signer));
        assertIs(api.gatehouse.get(path + "?jwt=" + jwt(), "apikey", "wrong"), consumerOf(signer));
    }

    private static void assertIs(Reply reply, String consumerId) {
        assertThat(reply.isStatus(200).upstreamHeader("x-consumer-id")).isEqualTo(consumerId);
        assertThat(reply.upstreamHeader("x-anonymous-consumer")).isNull();
    }

    @Test
    void ifNoPluginSucceedsTheRequestHasTheAnonymousConsumer() {
        String guest = api.consumer();
        String path = either(guest);
        for (Reply reply : List.of(
                api.gatehouse.get(path),
                api.gatehouse.getWithToken(path, "nonsense"),
                api.gatehouse.get(path, "apikey", "wrong"))) {
            assertThat(reply.isStatus(200).upstreamHeader("x-anonymous-consumer"))
                    .isEqualTo("true");
            assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo(guest);
            assertThat(reply.upstreamHeader("x-credential-identifier")).isNull();
        }
    }

    private static String either(String guest) {
        JsonObject anonymous = new JsonObject().put("anonymous", guest);
        String path = api.protectedBy("oauth2", oauth2(anonymous));
        api.add(path, "key-auth", anonymous);
        api.add(path, "jwt", anonymous);
        return path;
    }

    @Test
    void aPluginWithoutAnonymousMustSucceed() {
        String path = api.protectedBy("jwt", new JsonObject().put("anonymous", api.consumer()));
        api.add(path, "key-auth", new JsonObject());

        api.gatehouse.get(path).isMessage(401, "No API key found in request");
        api.gatehouse.get(path + "?jwt=" + jwt()).isMessage(401, "No API key found in request");
        assertIs(api.getWithKey(path, key), consumerOf(key));
    }

    @Test
    void aMissingAnonymousConsumerIs500() {
        for (String plugin : List.of("key-auth", "jwt")) {
            String path = api.protectedBy(plugin, new JsonObject().put("anonymous", "ghost"));
            api.gatehouse.get(path).isMessage(500, "anonymous consumer ghost is configured but doesn't exist");
        }
    }

    @Test
    void groupsApplyToTheConsumerOfAnyPlugin() {
        String member = api.consumer();
        api.join(member, "staff");
        String path = either(api.consumer());
        api.add(path, "acl", new JsonObject().put("allow", List.of("staff")));

        // The anonymous Consumer is in no group: the client may authenticate.
        api.gatehouse.get(path).isMessage(401, "Unauthorized");
        api.getWithKey(path, key).isMessage(403, "You cannot consume this service");
        api.getWithKey(path, api.key(member)).isStatus(200);
    }

    @Test
    void duringADatabaseOutageCachedCredentialsWorkAndOthersAre503() {
        PostgresConfig real = TestDatabase.create();
        try (PluginApi made = new PluginApi(Gatehouse.start(real));
                TcpRelay line = TcpRelay.to(real)) {
            String guest = made.consumer();
            String keys = made.protectedBy("key-auth", new JsonObject().put("anonymous", guest));
            String tokens = made.protectedBy("jwt", new JsonObject());
            String groups = made.protectedBy("key-auth", new JsonObject());
            made.add(groups, "acl", new JsonObject().put("deny", List.of("blocked")));
            String known = made.key(guest).getString("key");
            // A node that starts later caches the key for good: to another one the change feed still reports the key's
            // creation.
            try (Gatehouse node = Gatehouse.start(line.along(real))) {
                node.get(keys, "apikey", known).isStatus(200);

                line.cut();

                node.get(keys, "apikey", known).isStatus(200);
                isUnavailable(node.get(keys, "apikey", "unknown"));
                isUnavailable(node.getWithToken(tokens, jwt()));
                isUnavailable(node.get(groups, "apikey", known));
            }
        }
    }

    private static void isUnavailable(Reply reply) {
        reply.isMessage(503, "temporarily unavailable");
        assertThat(reply.header("retry-after")).isEqualTo("1");
    }

    @Test
    void anonymousIsAnIdInAnyCaseBeforeItIsAUsername() {
        String id = UUID.randomUUID().toString();
        api.gatehouse.create("/consumers", new JsonObject().put("username", id));
        api.gatehouse.create("/consumers", new JsonObject().put("id", id).put("username", "of-the-id"));
        for (String anonymous : List.of(id, id.toUpperCase(Locale.ROOT))) {
            String path = api.protectedBy("key-auth", new JsonObject().put("anonymous", anonymous));
            assertThat(api.gatehouse.get(path).isStatus(200).upstreamHeader("x-consumer-username"))
                    .isEqualTo("of-the-id");
        }
    }
}
