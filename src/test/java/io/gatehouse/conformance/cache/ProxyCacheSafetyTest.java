package io.gatehouse.conformance.cache;

import static io.gatehouse.conformance.cache.CacheApi.is;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that proxy-cache neither gives a client the response of another one, nor stores what a client can forge. */
class ProxyCacheSafetyTest {
    private static CacheApi api;

    @BeforeAll
    static void start() {
        api = new CacheApi();
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
    void consumersDoNotShareEntries() {
        String path = api.cached();
        api.plugins.add(path, "key-auth", new JsonObject());
        String one = api.plugins.key(api.plugins.consumer()).getString("key");
        String other = api.plugins.key(api.plugins.consumer()).getString("key");
        api.assertSeparate(path, headers("apikey", one), headers("apikey", other));
    }

    @Test
    void clientsWithOtherCookiesDoNotShareEntries() {
        api.assertSeparate(api.cached(), headers("cookie", "session=1"), headers("cookie", "session=2"));
    }

    @Test
    void aResponseToAuthorizationIsStoredOnlyIfTheUpstreamAllowsIt() {
        String path = api.cached();
        api.assertNotStored(path, "authorization", "Bearer 1");
        api.respond(response -> response.putHeader("cache-control", "public"));
        api.assertSeparate(api.cached(), headers("authorization", "Bearer 1"), headers("authorization", "Bearer 2"));
    }

    @Test
    void routesAndHostsDoNotShareEntries() {
        String path = api.cached();
        String stored = api.getFrom("a.test", path);
        assertThat(stored).contains("Miss");
        assertThat(api.getFrom("b.test", path)).contains("Miss");
        assertThat(api.getFrom("A.test", path)).contains("Hit");
        String secure =
                Http.send(Http.get(api.plugins.gatehouse.secureUrl(path))).text();
        assertThat(Http.send(Http.get(api.plugins.gatehouse.secureUrl(path))).text())
                .isEqualTo(secure);
    }

    @Test
    void headersThatTheUpstreamSelectsByAreCompared() {
        api.respond(response -> response.putHeader("vary", "X-Language, Accept-Encoding"));
        String path = api.cached();
        String english = is(api.get(path, "x-language", "en"), "Miss").text();
        assertThat(is(api.get(path, "x-language", "en"), "Hit").text()).isEqualTo(english);
        assertThat(is(api.get(path, "x-language", "de"), "Miss").text()).isNotEqualTo(english);
        assertThat(is(api.get(path), "Miss").text()).isNotEqualTo(english);
        api.respond(response -> {});
        api.assertSeparate(
                api.cached("vary_headers", List.of("X-Language")),
                headers("x-language", "en"),
                headers("x-language", "de"));
    }

    @Test
    void aHeaderInAnotherSpellingStoresNothing_whenResponsesVaryByIt() {
        String listed = api.cached("vary_headers", List.of("X-Language"));
        api.assertNotStored(listed, "x_language", "de");
        is(api.get(listed), "Hit");
        is(api.get(listed, "x_language", "de"), "Bypass");
        String underscores = api.cached("vary_headers", List.of("X_Language"));
        api.assertNotStored(underscores, "x-language", "de");
        api.assertSeparate(underscores, headers("x_language", "en"), headers("x_language", "de"));
        api.respond(response -> response.putHeader("vary", "X-Language"));
        String varying = api.cached();
        api.assertNotStored(varying, "x_language", "de");
        is(api.get(varying), "Hit");
        is(api.get(varying, "x_language", "de"), "Bypass");
        is(api.get(varying), "Hit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vary: *",
                "vary: Accept, *",
                "vary: X-Forwarded-For",
                "vary: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q",
                "cache-control: private",
                "cache-control: no-store, public",
                "set-cookie: a=b",
                "content-range: bytes 0-1/9"
            })
    void aResponseForOneClientIsNotStored(String header) {
        int colon = header.indexOf(':');
        api.respond(response -> response.putHeader(header.substring(0, colon), header.substring(colon + 2)));
        api.assertNotStored(api.cached());
    }

    @ParameterizedTest
    @ValueSource(ints = {206, 304})
    void aPartIsNotStoredEvenIfItsStatusIsListed(int status) {
        String path = api.cached("response_code", List.of(200, 206, 304));
        api.respond(response -> response.setStatusCode(status));
        is(api.get(path), "Bypass").isStatus(status);
        api.respond(response -> {});
        is(api.get(path), "Miss").isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"range: bytes=0-1", "if-none-match: \"1\"", "if-modified-since: Thu, 01 Jan 2026 00:00:00 GMT"})
    void aConditionalRequestStoresNothingAndGetsAStoredResponse(String header) {
        int colon = header.indexOf(':');
        String[] condition = headers(header.substring(0, colon), header.substring(colon + 2));
        String path = api.cached();
        api.assertNotStored(path, condition);
        is(api.get(path, condition), "Hit").isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-http-method-override",
                "x-http-method",
                "x-method-override",
                "x-original-url",
                "x-rewrite-url",
                "X_HTTP_Method_Override",
                "X-Original_URL",
                "X_Rewrite_URL",
                "X_Forwarded_Scheme",
                "x-forwarded-scheme",
                "x-forwarded-protocol",
                "x-forwarded-ssl",
                "x-forwarded-server",
                "x-scheme",
                "X_URL_Scheme",
                "x-host",
                "x-http-host-override",
                "x-original-host",
                "front-end-https"
            })
    void aRequestThatChangesItsMeaningOutsideTheKeyIsNotCached(String name) {
        String path = api.cached();
        api.assertNotStored(path, name, "/forged");
        is(api.get(path), "Hit");
        is(api.get(path, name, "/forged"), "Bypass");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aRequestWithABodyIsNotCached(String method) {
        String path = api.cached("request_method", List.of("GET", "POST"));
        Reply forged = Http.send(Http.get(api.plugins.gatehouse.proxyUrl(path))
                .method(method, HttpRequest.BodyPublishers.ofString("forged")));
        is(forged, "Bypass");
        is(api.send(method, path), "Miss");
        is(api.send(method, path), "Hit");
    }

    @Test
    void aParameterCannotHideBehindASemicolon() {
        String path = api.cached("vary_query_params", List.of("id"));
        is(api.get(path + "?other=1;id=forged"), "Bypass");
        is(api.get(path + "?other=1"), "Miss");
    }

    @Test
    void aTruncatedResponseIsNotStored() {
        String path = api.cached();
        api.plugins.upstream.behave(request -> request.response()
                .putHeader("content-type", "text/plain")
                .putHeader("content-length", "100")
                .write("half")
                .onComplete(done -> request.connection().close()));
        RawClient.send(api.plugins.gatehouse, "GET " + path + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
        api.respond(response -> {});
        assertThat(api.getFrom("a.test", path)).contains("Miss").contains("response ");
    }

    @Test
    void aLargeResponsePassesAndIsNotStored() {
        String path = api.cached();
        String large = "x".repeat(1024 * 1024 + 1);
        api.respond(response -> response.end(large));
        assertThat(is(api.get(path), "Miss").text()).isEqualTo(large);
        assertThat(is(api.get(path), "Miss").text()).isEqualTo(large);
        String largest = large.substring(1);
        api.respond(response -> response.end(largest));
        assertThat(is(api.get(path), "Miss").text()).isEqualTo(largest);
        assertThat(is(api.get(path), "Hit").text()).isEqualTo(largest);
    }

    @Test
    void aStoredResponseThatAnotherPluginCannotEditIsNotShown() {
        String path = api.cached();
        api.plugins.add(path, "response-transformer", PluginApi.edits("remove.json=secret"));
        api.respond(response -> response.putHeader("content-type", "application/json")
                .putHeader("content-encoding", "gzip")
                .end("{\"secret\":1}"));
        for (int i = 0; i < 2; i++) {
            Reply reply = api.get(path).isMessage(502, "An invalid response was received from the upstream server");
            assertThat(reply.header("content-encoding")).isNull();
        }
    }

    @Test
    void aResponseOfTheGatewayIsNotStored() {
        String path = api.cached("response_code", List.of(200, 418), "content_type", List.of("*/*"));
        JsonObject plugin = api.plugins.add(path, "request-termination", new JsonObject().put("status_code", 418));
        api.get(path).isStatus(418);
        api.plugins
                .gatehouse
                .admin("DELETE", "/plugins/" + plugin.getString("id"))
                .isStatus(204);
        is(api.get(path), "Miss").isStatus(200);
    }
}
