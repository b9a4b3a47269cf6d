package io.gatehouse.conformance.cache;

import static io.gatehouse.conformance.cache.CacheApi.is;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.gatehouse.conformance.Http2Requests;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.conformance.auth.IdentityProvider;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that requests which the upstream can tell apart have different entries, behind a peer that the gateway trusts. */
class ProxyCacheKeyTest {
    private static CacheApi api;

    @BeforeAll
    static void start() {
        api = new CacheApi(new PluginApi(
                Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32", "::1/128")))));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void number() {
        api.respond(response -> {});
    }

    private static String[] headers(String... pairs) {
        return pairs;
    }

    @Test
    void usersOfAnOpenIdProviderDoNotShareEntriesWhenTheirTokensAreHidden() throws JOSEException {
        try (IdentityProvider idp = new IdentityProvider()) {
            RSAKey key = new RSAKeyGenerator(2_048).keyID("rsa").generate();
            idp.published = List.of(key);
            String path = api.cached();
            JsonObject config = new JsonObject().put("issuer", idp.issuer()).put("hide_credentials", true);
            api.plugins.add(path, "openid-connect", config);
            api.respond(response -> response.putHeader("cache-control", "public"));
            api.assertSeparate(path, bearer(idp, key, "anna"), bearer(idp, key, "bert"));
        }
    }

    private static String[] bearer(IdentityProvider idp, RSAKey key, String subject) {
        JsonObject claims = idp.claims().put("sub", subject);
        return headers("authorization", "Bearer " + IdentityProvider.sign(key, JWSAlgorithm.RS256, claims));
    }

    @Test
    void aHeaderThatAPluginSetsForTheUpstreamSeparatesEntries() {
        String path = api.cached();
        api.plugins.add(path, "request-transformer", PluginApi.edits("rename.headers=x-tenant:x-account"));
        api.assertSeparate(path, headers("x-tenant", "1"), headers("x-tenant", "2"));
    }

    @Test
    void theGroupsThatTheUpstreamReceivesSeparateEntries() {
        String path = api.cached();
        api.plugins.add(path, "key-auth", new JsonObject());
        api.plugins.add(path, "acl", new JsonObject().put("allow", List.of("readers")));
        String consumer = api.plugins.consumer();
        JsonObject key = api.plugins.key(consumer);
        api.plugins.join(consumer, "readers");
        is(api.plugins.getWithKey(path, key), "Miss");
        is(api.plugins.getWithKey(path, key), "Hit");
        api.plugins.join(consumer, "editors");
        is(api.plugins.getWithKey(path, key), "Miss");
    }

    @Test
    void theCertificateOfAClientSeparatesEntries() {
        String path = api.cached();
        JsonObject config = new JsonObject()
                .put("enable_client_credentials", true)
                .put("enable_mtls", true)
                .put("anonymous", api.plugins.consumer());
        api.plugins.add(path, "oauth2", config);
        api.assertSeparate(path, headers("client-cert", ":MQ==:"), headers("client-cert", ":Mg==:"));
    }

    @Test
    void theIdOfARequestSeparatesNoEntries() {
        String path = api.cached();
        api.plugins.add(path, "correlation-id", new JsonObject().put("header_name", "x-id"));
        String stored = is(api.get(path, "x-id", "1"), "Miss").text();
        assertThat(is(api.get(path, "x-id", "2"), "Hit").text()).isEqualTo(stored);
    }

    @Test
    void thePathThatAPluginSetsForTheUpstreamSeparatesEntries() {
        String path = api.cached();
        JsonObject replace = new JsonObject().put("uri", "/$(headers.x_page)");
        api.plugins.add(path, "request-transformer", new JsonObject().put("replace", replace));
        api.assertSeparate(path, headers("x-page", "1"), headers("x-page", "2"));
    }

    @Test
    void anHttp2RequestWhoseBodyAPluginHasReadIsNotCached() {
        String path = api.cached("request_method", List.of("POST"));
        api.plugins.add(path, "key-auth", new JsonObject().put("key_in_body", true));
        String key = api.plugins.key(api.plugins.consumer()).getString("key");
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(api.plugins.gatehouse.node().port("proxy.http"))
                .setURI(path)
                .putHeader("content-type", "application/x-www-form-urlencoded");
        assertThat(Http2Requests.status(options, List.of(Buffer.buffer("forged=1&apikey=" + key))))
                .isEqualTo(200);
        is(api.send("POST", path, "apikey", key), "Miss");
    }

    @ParameterizedTest
    @CsvSource({
        "x-forwarded-host, a.test, b.test",
        "x-forwarded-proto, http, https",
        "x-forwarded-scheme, http, https",
        "x-host, a.test, b.test"
    })
    void whatATrustedPeerForwardsSeparatesEntries(String name, String first, String second) {
        api.assertSeparate(api.cached(), headers(name, first), headers(name, second));
    }

    @ParameterizedTest
    @ValueSource(strings = {"for=1.2.3.4;host=forged.test", "for=1.2.3.4, for=5.6.7.8; Proto = \"https\""})
    void anOriginInForwardedBypassesTheCache(String forwarded) {
        String path = api.cached();
        api.assertNotStored(path, "forwarded", forwarded);
        is(api.get(path, "forwarded", forwarded), "Bypass");
        is(api.get(path, "forwarded", "for=1.2.3.4;by=5.6.7.8"), "Hit");
    }

    @ParameterizedTest
    @CsvSource({
        // The same decoded text in other bytes.
        "id=1, %69d=1",
        "id=a%2fb, id=a/b",
        "id=a+b, id=a%20b",
        "id=%ff, id=%fe",
        // Names without regard to case, and the order in which a parser takes the first or the last.
        "id=1, ID=1",
        "id=1&ID=2, ID=2&id=1"
    })
    void listedParametersAreComparedAsTheUpstreamReceivesThem(String first, String second) {
        String path = api.cached("vary_query_params", List.of("id"));
        String stored = is(api.get(path + "?" + first), "Miss").text();
        assertThat(is(api.get(path + "?" + second), "Miss").text()).isNotEqualTo(stored);
        assertThat(is(api.get(path + "?" + first), "Hit").text()).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%ffid=1", "i%d=1"})
    void aNameThatIsNotTextBypassesACacheOfListedParameters(String query) {
        String path = api.cached("vary_query_params", List.of("id"));
        // Java's client refuses to send a malformed escape.
        assertThat(api.getFrom("a.test", path + "?" + query)).contains("Bypass");
    }

    @ParameterizedTest
    @CsvSource({"a=1&A=2, A=2&a=1", "a=1&%61=2, %61=2&a=1", "%41=2&a=1, a=1&%41=2"})
    void theOrderOfParametersWithOneNameMatters(String first, String second) {
        String path = api.cached();
        is(api.get(path + "?" + first), "Miss");
        is(api.get(path + "?" + second), "Miss");
    }
}
