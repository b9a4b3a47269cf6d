package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the redirect plugin against Kong 3.10. */
class RedirectTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply redirected(String path, JsonObject config) {
        return Http.send(Http.get(api.gatehouse.proxyUrl(path))).isStatus(config.getInteger("status_code", 301));
    }

    @Test
    void eachRequestIsRedirected() {
        JsonObject config = new JsonObject().put("location", "https://example.com/new?a=b");
        String path = api.protectedBy("redirect", config);
        int before = api.upstream.requests();
        Reply reply = redirected(path + "/old?x=y", config);
        assertThat(reply.text()).isEqualTo("redirecting");
        assertThat(reply.header("content-type")).startsWith("text/plain");
        assertThat(reply.header("location")).isEqualTo("https://example.com/new?a=b");
        assertThat(api.upstream.requests()).isEqualTo(before);
    }

    @Test
    void theIncomingPathCanBeKept() {
        JsonObject config = new JsonObject()
                .put("location", "https://example.com:8443/ignored?a=b")
                .put("keep_incoming_path", true)
                .put("status_code", 308);
        String path = api.protectedBy("redirect", config);
        assertThat(redirected(path + "/a/b?x=y", config).header("location"))
                .isEqualTo("https://example.com:8443" + path + "/a/b?x=y");
    }

    @Test
    void theFragmentOfALocationIsKept() {
        JsonObject config = new JsonObject()
                .put("location", "https://example.com/ignored#part")
                .put("keep_incoming_path", true);
        String path = api.protectedBy("redirect", config);
        assertThat(redirected(path + "/%61//b", config).header("location"))
                .isEqualTo("https://example.com" + path + "/a/b#part");
    }

    @Test
    void aLocationBeyondAsciiIsEncoded() {
        JsonObject config = new JsonObject().put("location", "https://example.com/stra\u00dfe?\u010a=1");
        assertThat(redirected(api.protectedBy("redirect", config), config).header("location"))
                .isEqualTo("https://example.com/stra%C3%9Fe?%C4%8A=1");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 205, 304})
    void aStatusWithoutABodyHasNone(int status) {
        JsonObject config =
                new JsonObject().put("location", "https://example.com").put("status_code", status);
        String path = api.protectedBy("redirect", config);
        String request = "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        String text = RawClient.send(api.gatehouse, request.formatted(path)).text();
        assertThat(text)
                .startsWith("HTTP/1.1 " + status + " ")
                .endsWith("\r\n\r\n")
                .contains("https://example.com");
    }

    @Test
    void aLocationIsAUrl() {
        api.assertRefused("redirect", new JsonObject().put("location", "/new"), "config.location: missing host in url");
        api.assertRefused("redirect", new JsonObject(), "config.location: required field missing");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("redirect", new JsonObject().put("location", "https://example.com"));
    }
}
