package io.gatehouse.conformance.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the key-auth plugin against Kong 3.9. {@link KeyAuthCredentialsTest} tests changes of keys. */
class KeyAuthTest {
    private static PluginApi api;
    private static String path;
    private static String inBody;
    private static String hiding;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        path = api.protectedBy("key-auth", new JsonObject());
        inBody = api.protectedBy("key-auth", new JsonObject().put("key_in_body", true));
        hiding = api.protectedBy(
                "key-auth", new JsonObject().put("hide_credentials", true).put("key_in_body", true));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply post(String target, String contentType, String body) {
        return Http.send(Http.request("POST", api.gatehouse.proxyUrl(target), contentType, body));
    }

    @Test
    void aRequestWithoutAKeyIsRejected() {
        Reply reply = api.gatehouse.get(path).isMessage(401, "No API key found in request");
        assertThat(reply.header("www-authenticate")).isEqualTo("Key");
    }

    @Test
    void anEmptyKeyCountsAsNoKey() {
        api.gatehouse.get(path, "apikey", "").isMessage(401, "No API key found in request");
    }

    @Test
    void anUnknownKeyIsUnauthorized() {
        Reply reply = api.gatehouse.get(path, "apikey", "nonsense").isMessage(401, "Unauthorized");
        assertThat(reply.header("www-authenticate")).isEqualTo("Key");
    }

    @Test
    void theRealmIsNamedInTheChallenge() {
        String realm = api.protectedBy("key-auth", new JsonObject().put("realm", "here"));
        assertThat(api.gatehouse.get(realm).header("www-authenticate")).isEqualTo("Key realm=\"here\"");
    }

    @Test
    void aKeyInTheHeaderIsAcceptedAndTheUpstreamReceivesTheConsumer() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);

        Reply reply = api.getWithKey(path, key).isStatus(200);

        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo(consumer);
        assertThat(reply.upstreamHeader("x-consumer-id"))
                .isEqualTo(key.getJsonObject("consumer").getString("id"));
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(key.getString("id"));
        assertThat(reply.upstreamHeader("apikey")).isEqualTo(key.getString("key"));
    }

    @Test
    void aKeyInTheQueryIsAccepted() {
        JsonObject key = api.key(api.consumer());
        api.gatehouse.get(path + "?a=1&api%6bey=" + key.getString("key")).isStatus(200);
    }

    @Test
    void aQueryThatIsNotUtf8CarriesNoKey() {
        // U+FFFD replaces each malformed byte, so three queries would show one key.
        api.gatehouse.create(
                "/consumers/" + api.consumer() + "/key-auth", new JsonObject().put("key", "replaced\ufffd"));

        for (String malformed : List.of("%ff", "%fe", "%80", "%c3", "%ed%a0%80")) {
            api.gatehouse.get(path + "?apikey=replaced" + malformed).isMessage(401, "Unauthorized");
        }
        // Another parameter is the upstream's.
        JsonObject key = api.key(api.consumer());
        api.gatehouse.get(path + "?a=%ff&apikey=" + key.getString("key")).isStatus(200);
    }

    @Test
    void aKeyInAFormIsAcceptedOnlyWithKeyInBody() {
        String form = "a=1&apikey=" + api.key(api.consumer()).getString("key");
        String type = "application/x-www-form-urlencoded";

        post(path, type, form).isMessage(401, "No API key found in request");
        assertThat(post(inBody, type, form).isStatus(200).json().getString("body"))
                .isEqualTo(form);
    }

    @Test
    void aKeyInAJsonBodyIsAccepted() {
        JsonObject body = new JsonObject().put("apikey", api.key(api.consumer()).getString("key"));
        post(inBody, "application/json", body.encode()).isStatus(200);
    }

    @Test
    void aMalformedBodyCarriesNoKey() {
        String key = api.key(api.consumer()).getString("key");
        String form = "application/x-www-form-urlencoded";
        post(inBody, form, "apikey=" + key + "&note=100%").isMessage(401, "No API key found in request");
        post(inBody, "application/json", "{\"apikey\":\"" + key + "\",\"apikey\":\"" + key + "\"}")
                .isMessage(401, "No API key found in request");
        String trick =
                "--x\r\nContent-Disposition: form-data; filename=\"; name=apikey\"\r\n\r\n" + key + "\r\n--x--\r\n";
        post(inBody, "multipart/form-data; boundary=x", trick).isMessage(401, "No API key found in request");
        post(inBody, "application/json", "{").isMessage(401, "No API key found in request");
        post(inBody, "multipart/form-data", "x").isMessage(401, "No API key found in request");
    }

    @Test
    void severalKeysAreRejected() {
        String key = api.key(api.consumer()).getString("key");

        api.gatehouse.get(path, "apikey", key, "apikey", key).isMessage(401, "Duplicate API key found");
        api.gatehouse.get(path + "?apikey=" + key + "&apikey=x").isMessage(401, "Duplicate API key found");
        post(
                        inBody,
                        "application/json",
                        new JsonObject().put("apikey", List.of(key)).encode())
                .isMessage(401, "Duplicate API key found");
    }

    @Test
    void configuredNamesAreSearchedInOrder() {
        String named = api.protectedBy("key-auth", new JsonObject().put("key_names", List.of("x-one", "x-two")));
        String key = api.key(api.consumer()).getString("key");

        api.gatehouse.get(named, "x-two", key).isStatus(200);
        api.gatehouse.get(named, "apikey", key).isMessage(401, "No API key found in request");
        api.gatehouse.get(named, "x-one", "wrong", "x-two", key).isMessage(401, "Unauthorized");
    }

    /** A name with underscores means the header with hyphens too, as in Kong; a query or a form has exact names. */
    @Test
    void aNameWithUnderscoresAcceptsAHeaderWithHyphens() {
        String named = api.protectedBy(
                "key-auth",
                new JsonObject().put("key_names", List.of("x_api_key")).put("hide_credentials", true));
        String value = api.key(api.consumer()).getString("key");

        Reply hyphens = api.gatehouse.get(named, "X-Api-Key", value).isStatus(200);
        assertThat(hyphens.upstreamHeader("x-api-key")).isNull();
        Reply both = api.gatehouse
                .get(named, "x_api_key", value, "X-Api-Key", "other")
                .isStatus(200);
        assertThat(both.upstreamHeader("x-api-key")).isNull();
        assertThat(both.upstreamHeader("x_api_key")).isNull();
        api.gatehouse.get(named + "?x-api-key=" + value).isStatus(401);
        api.gatehouse.get(named + "?x_api_key=" + value).isStatus(200);
    }

    @Test
    void disabledPlacesAreNotSearched() {
        String nowhere = api.protectedBy(
                "key-auth", new JsonObject().put("key_in_header", false).put("key_in_query", false));
        String key = api.key(api.consumer()).getString("key");
        api.gatehouse.get(nowhere + "?apikey=" + key, "apikey", key).isMessage(401, "No API key found in request");
    }

    @Test
    void hiddenCredentialsAreRemovedFromEveryPlace() {
        String key = api.key(api.consumer()).getString("key");

        Reply reply = Http.send(
                Http.form(api.gatehouse.proxyUrl(hiding + "?apikey=" + key + "&b=2"), Map.of("apikey", key, "a", "1"))
                        .header("apikey", key));

        reply.isStatus(200);
        assertThat(reply.text()).doesNotContain(key);
        assertThat(reply.json().getString("uri")).endsWith("?b=2");
        assertThat(reply.json().getString("body")).isEqualTo("a=1");
    }

    @Test
    void aKeyThatDoesNotCountIsHiddenFromTheUpstreamOfTheAnonymousConsumer() {
        String open = api.protectedBy(
                "key-auth",
                new JsonObject()
                        .put("hide_credentials", true)
                        .put("key_in_body", true)
                        .put("anonymous", api.consumer()));
        String key = api.key(api.consumer()).getString("key");
        String json = new JsonObject().put("apikey", List.of(key)).encode();

        for (Reply reply : List.of(
                api.gatehouse.get(open, "apikey", key, "apikey", key),
                api.gatehouse.get(open + "?apikey=" + key + "&apikey=" + key),
                api.gatehouse.get(open + "?apikey=" + key, "apikey", ""),
                post(open, "application/json", json))) {
            assertThat(reply.isStatus(200).upstreamHeader("x-anonymous-consumer"))
                    .isEqualTo("true");
            assertThat(reply.text()).doesNotContain(key);
        }
    }

    @Test
    void hidingAKeyKeepsTheRestOfJsonAndMultipartBodies() {
        String key = api.key(api.consumer()).getString("key");
        String kept = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\ncontent \u00e9\r\n";
        String multipart =
                kept + "--x\r\nContent-Disposition: form-data; name=\"apikey\"\r\n\r\n" + key + "\r\n--x--\r\n";

        String json = "{ \"amount\": 0.10000000000000000001,\"apikey\":\"" + key + "\" }";
        assertThat(post(hiding, "application/json", json).isStatus(200).json().getString("body"))
                .isEqualTo("{ \"amount\": 0.10000000000000000001}");
        assertThat(post(hiding, "multipart/form-data; boundary=x", multipart)
                        .isStatus(200)
                        .json()
                        .getString("body"))
                .isEqualTo(kept + "--x--\r\n");
    }

    @Test
    void optionsRequestsPassWithoutAKeyOnlyWithoutRunOnPreflight() {
        String open = api.protectedBy("key-auth", new JsonObject().put("run_on_preflight", false));

        options(path).isMessage(401, "No API key found in request");
        options(open).isStatus(200);
    }

    private static Reply options(String target) {
        return Http.send(
                Http.get(api.gatehouse.proxyUrl(target)).method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("key-auth", new JsonObject());
    }

    @Test
    void aKeyIsHidden_whenAnEarlierPluginHasAuthenticated() {
        JsonObject signer = api.gatehouse.create("/consumers/" + api.consumer() + "/jwt", new JsonObject());
        String jwt = Jwts.hmac(
                "HS256",
                signer.getString("secret").getBytes(UTF_8),
                new JsonObject().put("iss", signer.getString("key")));
        String either = api.protectedBy("jwt", new JsonObject());
        api.add(
                either,
                "key-auth",
                new JsonObject().put("hide_credentials", true).put("anonymous", api.consumer()));

        Reply inHeader = api.gatehouse.get(either + "?jwt=" + jwt, "apikey", "secret");
        Reply inQuery = api.gatehouse.get(either + "?jwt=" + jwt + "&apikey=secret");

        for (Reply reply : List.of(inHeader, inQuery)) {
            assertThat(reply.isStatus(200).upstreamHeader("x-consumer-id"))
                    .isEqualTo(signer.getJsonObject("consumer").getString("id"));
            assertThat(reply.upstreamHeader("apikey")).isNull();
            assertThat(reply.json().getString("uri")).isEqualTo("/?jwt=" + jwt);
        }
    }
}
