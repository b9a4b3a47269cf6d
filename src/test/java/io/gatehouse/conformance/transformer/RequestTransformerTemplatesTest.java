package io.gatehouse.conformance.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the templates of request-transformer, and the paths that they build. */
class RequestTransformerTemplatesTest extends TransformerTestBase {
    @Test
    void templatesReadHeadersQueryAndCaptures() {
        String name = api.open().substring(1);
        api.gatehouse.create(
                "/services/" + name + "/routes",
                new JsonObject().put("paths", List.of("~/users-" + name + "/(?<id>[^/]+)")));
        api.add(
                "/" + name,
                "request-transformer",
                new JsonObject()
                        .put("replace", new JsonObject().put("uri", "/api/$(uri_captures.id)/$(uri_captures[1])"))
                        .put(
                                "add",
                                new JsonObject()
                                        .put(
                                                "headers",
                                                List.of(
                                                        "x-from:$(headers.x_given)-$(query_params[\"q\"])",
                                                        "x-else:$(headers.none or 'nothing')",
                                                        "x-not:$(shared.none)"))));
        JsonObject received = api.gatehouse
                .get("/users-" + name + "/a%20b?q=1%0d%0aX-Evil:%202", "X-Given", "g")
                .isStatus(200)
                .json();
        JsonObject headers = received.getJsonObject("headers");
        assertThat(received.getString("uri")).startsWith("/api/a%20b/a%20b?q=");
        assertThat(headers.getString("x-from")).isEqualTo("g-1%0D%0AX-Evil: 2");
        assertThat(headers.getString("x-else")).isEqualTo("nothing");
        assertThat(headers.containsKey("x-not")).isFalse();
        assertThat(headers.containsKey("x-evil")).isFalse();
    }

    @Test
    void templatesReadTheHostAndNonAsciiHeaders() {
        String path = api.protectedBy(
                "request-transformer", PluginApi.edits("add.headers=x-host:$(headers.host),x-copy:$(headers.given)"));
        RawClient.Answer answer = RawClient.first(
                api.gatehouse,
                "GET " + path + " HTTP/1.1\r\nHost: a.test:81\r\nGiven: \u00c3\u00bc\r\nConnection: close\r\n\r\n");
        assertThat(answer.text()).contains("\"x-copy\":\"\u00c3\u0083\u00c2\u00bc\"");
        assertThat(answer.text()).contains("\"x-host\":\"a.test:81\"");
    }

    @Test
    void aCapturedPathDoesNotClimb() {
        String path = api.open();
        api.add(
                path,
                "request-transformer",
                new JsonObject().put("replace", new JsonObject().put("uri", "/safe/$(query_params.p)/end")));
        assertThat(api.gatehouse.get(path + "?p=../../x?y#z").json().getString("uri"))
                .startsWith("/safe///x%3Fy");
    }

    private static String uri(String template, String query) {
        String path = api.open();
        api.add(path, "request-transformer", new JsonObject().put("replace", new JsonObject().put("uri", template)));
        return api.gatehouse.get(path + query).isStatus(200).json().getString("uri");
    }

    @Test
    void partsOfAPathThatAreHarmlessAloneDoNotClimbTogether() {
        assertThat(uri("/safe/.$(query_params.a)/x", "?a=.")).isEqualTo("/safe//x?a=.");
        assertThat(uri("/safe/$(query_params.a)$(query_params.b)/x", "?a=.&b=."))
                .isEqualTo("/safe//x?a=.&b=.");
        assertThat(uri("/safe/%2e$(query_params.a);x/y", "?a=.")).isEqualTo("/safe//y?a=.");
        assertThat(uri("/$(query_params.a)", "?a=/other.test/x")).isEqualTo("/other.test/x?a=/other.test/x");
    }

    @Test
    void aPathIsEncoded() {
        assertThat(uri("/ü b/100%/%C3%BC|$(query_params.a or \"?\")", "")).isEqualTo("/%C3%BC%20b/100%25/%C3%BC%7C%3F");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x?y=1", "/x#y", "/x HTTP/1.1\r\nX-Evil: 1", "/x\n", "no-slash", "/$(headers"})
    void aPathWithMoreThanAPathIsRefused(String path) {
        JsonObject config = new JsonObject().put("replace", new JsonObject().put("uri", path));
        api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject().put("name", "request-transformer").put("config", config))
                .isStatus(400);
    }
}
