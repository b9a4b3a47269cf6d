package io.gatehouse.conformance.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests what the Kong Ingress Controller writes for the filter URLRewrite of the Gateway API. */
class UrlRewriteTest extends TransformerTestBase {
    /** Creates a Route of two expressions, of which the second has a group; returns the prefix. */
    private static String rewritten(JsonObject replace) {
        String name = api.open().substring(1);
        String prefix = "/prefix-" + name;
        JsonObject route = new JsonObject()
                .put("name", "rewritten-" + name)
                .put("paths", List.of("~" + prefix + "$", "~" + prefix + "(/.*)"))
                .put("strip_path", false)
                .put("preserve_host", true);
        api.gatehouse.create("/services/" + name + "/routes", route);
        api.gatehouse.create(
                "/routes/rewritten-" + name + "/plugins",
                new JsonObject()
                        .put("name", "request-transformer")
                        .put("config", new JsonObject().put("replace", replace)));
        return prefix;
    }

    private static JsonObject received(String path, String... headers) {
        return api.gatehouse.get(path, headers).isStatus(200).json();
    }

    @Test
    void aPrefixIsReplacedBySlash() {
        String prefix =
                rewritten(new JsonObject().put("uri", "$(uri_captures[1] == nil and \"/\" or uri_captures[1])"));
        assertThat(received(prefix).getString("uri")).isEqualTo("/");
        assertThat(received(prefix + "/").getString("uri")).isEqualTo("/");
        assertThat(received(prefix + "/a%20b/c?d=e").getString("uri")).isEqualTo("/a%20b/c?d=e");
    }

    @Test
    void aPrefixIsReplacedByAnother() {
        String prefix = rewritten(
                new JsonObject().put("uri", "/new$(uri_captures[1] == nil and \"\" or \"/\" .. uri_captures[1])"));
        assertThat(received(prefix).getString("uri")).isEqualTo("/new");
        assertThat(received(prefix + "/rest").getString("uri")).isEqualTo("/new//rest");
    }

    @Test
    void aPathThatBeginsWithATemplateGetsASlash() {
        String prefix = rewritten(new JsonObject().put("uri", "$(query_params.to)"));
        assertThat(received(prefix + "?to=x").getString("uri")).isEqualTo("/x?to=x");
        assertThat(received(prefix).getString("uri")).isEqualTo("/");
    }

    @Test
    void theHostIsReplaced() {
        JsonObject replace = new JsonObject().put("headers", List.of("host:Backend.test:81", "x-missing:1"));
        JsonObject headers = received(rewritten(replace)).getJsonObject("headers");
        assertThat(headers.getString("host")).isEqualTo("backend.test:81");
        assertThat(headers.containsKey("x-missing")).isFalse();
    }

    @Test
    void aHostIsNeitherAddedNorReadFromAMalformedValue() {
        String path = api.protectedBy("request-transformer", PluginApi.edits("add.headers=host:added.test"));
        String before = received(api.open()).getJsonObject("headers").getString("host");
        assertThat(received(path).getJsonObject("headers").getString("host")).isEqualTo(before);

        String chosen =
                api.protectedBy("request-transformer", PluginApi.edits("replace.headers=host:$(headers[\"x-to\"])"));
        assertThat(received(chosen, "X-To", "to.test").getJsonObject("headers").getString("host"))
                .isEqualTo("to.test");
        assertThat(received(chosen, "X-To", "to.test/x")
                        .getJsonObject("headers")
                        .getString("host"))
                .isEqualTo(before);
        assertThat(received(chosen).getJsonObject("headers").getString("host")).isEqualTo(before);
    }

    @Test
    void aStoredResponseOfOneHostIsNotSentForAnother() {
        String path =
                api.protectedBy("request-transformer", PluginApi.edits("replace.headers=host:$(headers[\"x-to\"])"));
        api.add(path, "proxy-cache", new JsonObject().put("strategy", "memory"));
        for (String host : List.of("one.test", "two.test")) {
            assertThat(received(path, "X-To", host).getJsonObject("headers").getString("host"))
                    .isEqualTo(host);
        }
    }
}
