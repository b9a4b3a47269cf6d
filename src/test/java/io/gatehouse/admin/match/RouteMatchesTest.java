package io.gatehouse.admin.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which Route the Admin API finds for a described request (docs/reference/admin-api.md#which-route-matches). */
class RouteMatchesTest {
    private static final String PATH = "/gatehouse/route-match";

    private static AdminNode node;
    private static String route;
    private static String service;
    private static String plugin;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        service = node.put("/services/orders", Map.of("url", "http://orders.internal:8080/v1"))
                .id();
        route = node.put("/services/orders/routes/orders", Map.of("paths", List.of("/orders")))
                .id();
        node.put(
                "/services/orders/routes/canary",
                Map.of("paths", List.of("/orders"), "headers", Map.of("X-Canary", List.of("yes"))));
        node.put(
                "/services/orders/routes/secure",
                Map.of(
                        "hosts",
                        List.of("secure.example"),
                        "protocols",
                        List.of("https"),
                        "https_redirect_status_code",
                        301));
        node.put("/services/off", Map.of("host", "off.internal", "enabled", false));
        node.put("/services/off/routes/off", Map.of("paths", List.of("/off")));
        plugin = node.post("/services/orders/plugins", Map.of("name", "key-auth"))
                .id();
        node.post("/plugins", Map.of("name", "correlation-id"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static JsonObject match(String url) {
        Reply reply = node.post(PATH, Map.of("url", url));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    private static String name(JsonObject match, String member) {
        return match.getJsonObject(member).getString("name");
    }

    @Test
    void aMatchHasTheRouteThePluginsInOrderAndTheUpstreamUrl() {
        JsonObject match = match("http://api.example/orders/7?full=1");
        assertThat(match.getJsonObject("route"))
                .isEqualTo(new JsonObject().put("id", route).put("name", "orders"));
        assertThat(match.getJsonObject("service"))
                .isEqualTo(new JsonObject().put("id", service).put("name", "orders"));
        assertThat(match.getString("upstream_url")).isEqualTo("http://orders.internal:8080/v1/7?full=1");
        assertThat(match.getValue("rejected_with")).isNull();
        JsonArray plugins = match.getJsonArray("plugins");
        assertThat(plugins.getJsonObject(0).getString("name")).isEqualTo("correlation-id");
        assertThat(plugins.getJsonObject(1).getString("name")).isEqualTo("key-auth");
        assertThat(plugins.getJsonObject(1).getString("id")).isEqualTo(plugin);
    }

    @Test
    void aPathIsNormalisedBeforeItIsMatched() {
        JsonObject match = match("http://api.example/x/..//orders/%37");
        assertThat(match.getString("path")).isEqualTo("/orders/7");
        assertThat(name(match, "route")).isEqualTo("orders");
    }

    @Test
    void aHeaderSelectsTheMoreSpecificRoute() {
        Reply reply = node.post(
                PATH,
                Map.of(
                        "url",
                        "http://api.example/orders",
                        "method",
                        "POST",
                        "headers",
                        Map.of("x-canary", List.of("yes"))));
        assertThat(name(reply.json(), "route")).isEqualTo("canary");
    }

    @Test
    void aRequestInClearTextForARouteOfHttpsIsRejectedWithTheStatusOfTheRoute() {
        assertThat(match("http://secure.example/").getInteger("rejected_with")).isEqualTo(301);
        assertThat(match("https://secure.example/").getValue("rejected_with")).isNull();
    }

    /** The well-known path of RFC 8414 and RFC 9728 stands before the path of the Route. */
    @Test
    void aMetadataDocumentIsServedByTheRouteThatItIsAbout() {
        node.put(
                "/services/orders/routes/protected",
                Map.of("paths", List.of("/protected"), "methods", List.of("POST")));
        Map<String, Object> config = Map.of("enable_client_credentials", true);
        node.post("/routes/protected/plugins", Map.of("name", "oauth2", "config", config));
        String document = "https://api.example/.well-known/oauth-protected-resource";

        JsonObject match = match(document + "/protected");
        assertThat(name(match, "route")).isEqualTo("protected");
        assertThat(match.getString("matched_path")).isEqualTo("/protected");
        assertThat(match.containsKey("upstream_url")).isTrue();
        assertThat(match.getValue("upstream_url")).isNull();
        assertThat(match(document + "/orders").getValue("route"))
                .as("no plugin of this Route has documents")
                .isNull();
        assertThat(match(document + "/nothing").getValue("route")).isNull();
    }

    @Test
    void aRequestWithoutARouteHasOnlyThePluginsOfEveryRequest() {
        JsonObject match = match("http://api.example/nothing");
        assertThat(match.containsKey("route")).isTrue();
        assertThat(match.getValue("route")).isNull();
        assertThat(match.getJsonArray("plugins")).hasSize(1);
    }

    @Test
    void aRouteOfADisabledServiceIsIgnored() {
        assertThat(match("http://api.example/off").getValue("route")).isNull();
    }

    @Test
    void aNewRouteIsFoundAtOnce() {
        assertThat(match("http://api.example/later").getValue("route")).isNull();
        node.put("/services/orders/routes/later", Map.of("paths", List.of("/later")));
        assertThat(name(match("http://api.example/later"), "route")).isEqualTo("later");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/orders", "ftp://api.example/", "http://", "http://api.example/%", "http://a@b/", "nonsense"})
    void aUrlThatTheProxyWouldRejectIsABadRequest(String url) {
        Reply reply = node.post(PATH, Map.of("url", url));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).isEqualTo("the url is no valid URL of the scheme http or https");
    }

    @Test
    void aDescriptionIsChecked() {
        assertThat(node.post(PATH, Map.of()).message()).isEqualTo("schema violation (url: required field missing)");
        assertThat(node.post(PATH, Map.of("url", "http://h/", "host", "h")).status())
                .isEqualTo(400);
        assertThat(node.send("GET", PATH).status()).isEqualTo(405);
    }
}
