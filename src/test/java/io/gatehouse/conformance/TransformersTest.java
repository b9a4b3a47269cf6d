package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests request-transformer and response-transformer against Kong 3.10. */
class TransformersTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void echo() {
        api.upstream.behave(Upstream::echo);
    }

    /** Reads {@code add.headers=a:b} and the like. */
    private static JsonObject config(String... edits) {
        JsonObject config = new JsonObject();
        for (String edit : edits) {
            int dot = edit.indexOf('.');
            int equals = edit.indexOf('=');
            JsonObject part = config.getJsonObject(edit.substring(0, dot), new JsonObject());
            part.put(
                    edit.substring(dot + 1, equals),
                    List.of(edit.substring(equals + 1).split(",")));
            config.put(edit.substring(0, dot), part);
        }
        return config;
    }

    private static String onRequests(String... edits) {
        return api.protectedBy("request-transformer", config(edits));
    }

    private static String onResponses(String... edits) {
        return api.protectedBy("response-transformer", config(edits));
    }

    private static JsonObject upstreamHeaders(String path, String... headers) {
        return api.gatehouse.get(path, headers).isStatus(200).json().getJsonObject("headers");
    }

    @Test
    void headersOfRequestsAreRemovedRenamedReplacedAddedAndAppendedInThisOrder() {
        String path = onRequests(
                "remove.headers=x-gone",
                "rename.headers=x-old:x-new",
                "replace.headers=x-new:replaced,x-missing:no",
                "add.headers=x-gone:again,x-new:no",
                "append.headers=x-many:two");
        JsonObject headers = upstreamHeaders(path, "X-Gone", "1", "X-Old", "1", "X-Many", "one");
        assertThat(headers.getString("x-gone")).isEqualTo("again");
        assertThat(headers.containsKey("x-old")).isFalse();
        assertThat(headers.getString("x-new")).isEqualTo("replaced");
        assertThat(headers.containsKey("x-missing")).isFalse();
        assertThat(headers.getString("x-many")).isEqualTo("one, two");
    }

    @Test
    void queriesAreEditedAndOtherPairsKeepTheirBytes() {
        String path = onRequests(
                "remove.querystring=gone",
                "rename.querystring=old:new",
                "replace.querystring=there:& =",
                "add.querystring=there:no,more:1",
                "append.querystring=k:v");
        assertThat(api.gatehouse
                        .get(path + "?k=%7e%2F+&g%6Fne=1&old=2&there=3&there=4")
                        .json()
                        .getString("uri"))
                .isEqualTo("/?k=%7e%2F+&new=2&there=%26%20%3D&more=1&k=v");
    }

    @Test
    void jsonBodiesOfRequestsAreEdited() {
        String path = onRequests(
                "remove.body=gone",
                "rename.body=old:new",
                "replace.body=there:r",
                "add.body=more:m",
                "append.body=k:v");
        Reply reply = Http.send(
                Http.json("POST", api.gatehouse.proxyUrl(path), "{\"gone\":1,\"old\":[2],\"there\":3,\"k\":\"u\"}"));
        assertThat(new JsonObject(reply.isStatus(200).json().getString("body")))
                .isEqualTo(new JsonObject("{\"new\":[2],\"there\":\"r\",\"more\":\"m\",\"k\":[\"u\",\"v\"]}"));
    }

    @Test
    void formsAreEdited() {
        String path = onRequests("remove.body=gone", "add.body=more:m n");
        Reply reply = Http.send(Http.request(
                "POST", api.gatehouse.proxyUrl(path), "application/x-www-form-urlencoded", "gone=1&k=%41"));
        assertThat(reply.json().getString("body")).isEqualTo("k=%41&more=m%20n");
    }

    @Test
    void aBodyThatIsTooLargeToEditIsRejected() {
        String path = onRequests("remove.body=gone");
        String body = "{\"gone\":\"" + "x".repeat(1024 * 1024) + "\"}";
        Http.send(Http.json("POST", api.gatehouse.proxyUrl(path), body)).isStatus(413);
        Http.send(Http.request("POST", api.gatehouse.proxyUrl(path), "text/plain", body))
                .isStatus(200);
    }

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
        assertThat(received.getString("uri")).startsWith("/api/a%2520b/a%2520b?q=");
        assertThat(headers.getString("x-from")).isEqualTo("g-1%0D%0AX-Evil: 2");
        assertThat(headers.getString("x-else")).isEqualTo("nothing");
        assertThat(headers.containsKey("x-not")).isFalse();
        assertThat(headers.containsKey("x-evil")).isFalse();
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

    @Test
    void theMethodIsReplaced() {
        String path = api.protectedBy("request-transformer", new JsonObject().put("http_method", "POST"));
        assertThat(api.gatehouse.get(path).json().getString("method")).isEqualTo("POST");
        String asHead = api.protectedBy("request-transformer", new JsonObject().put("http_method", "HEAD"));
        assertThat(api.gatehouse.get(asHead).isStatus(200).text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x:$(os.getenv('HOME'))",
                "x:$(headers.a .. headers.b)",
                "x:$(headers",
                "content-length:1",
                "host:example.com",
                "noValue"
            })
    void anEditThatIsNotSupportedIsRefused(String header) {
        JsonObject plugin = new JsonObject()
                .put("name", "request-transformer")
                .put("config", new JsonObject().put("add", new JsonObject().put("headers", List.of(header))));
        api.gatehouse
                .admin("POST", "/services" + api.open() + "/plugins", plugin)
                .isStatus(400);
    }

    @Test
    void headersOfResponsesAreEdited() {
        api.upstream.behave(request -> request.response()
                .putHeader("X-Gone", "1")
                .putHeader("X-Old", "1")
                .putHeader("X-There", "1")
                .end("text"));
        Reply reply = api.gatehouse
                .get(onResponses(
                        "remove.headers=x-gone",
                        "rename.headers=x-old:x-new",
                        "replace.headers=x-there:2,x-missing:2",
                        "add.headers=x-there:no,x-added:3",
                        "append.headers=x-there:4"))
                .isStatus(200);
        assertThat(reply.header("x-gone")).isNull();
        assertThat(reply.header("x-old")).isNull();
        assertThat(reply.header("x-new")).isEqualTo("1");
        assertThat(reply.header("x-missing")).isNull();
        assertThat(reply.header("x-added")).isEqualTo("3");
        assertThat(reply.response().headers().allValues("x-there")).containsExactly("2", "4");
        assertThat(reply.text()).isEqualTo("text");
    }

    @Test
    void responsesToRejectedRequestsAreEditedToo() {
        String path = onResponses("add.headers=x-added:1", "add.json=more:m", "remove.json=request_id");
        api.add(path, "key-auth", new JsonObject());
        Reply reply = api.gatehouse.get(path).isStatus(401);
        assertThat(reply.header("x-added")).isEqualTo("1");
        assertThat(reply.json())
                .isEqualTo(new JsonObject()
                        .put("message", "No API key found in request")
                        .put("more", "m"));
    }

    @Test
    void jsonBodiesOfResponsesAreEditedWithTypes() {
        api.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json; charset=utf-8")
                .end("{\"gone\":1,\"old\":2,\"there\":3,\"list\":[1]}"));
        String path = api.protectedBy(
                "response-transformer",
                config(
                        "remove.json=gone",
                        "rename.json=old:new",
                        "replace.json=there:true",
                        "replace.json_types=boolean",
                        "add.json=n:1.5,i:7,s:8",
                        "add.json_types=number,number",
                        "append.json=list:2"));
        Reply reply = api.gatehouse.get(path).isStatus(200);
        assertThat(reply.json())
                .isEqualTo(
                        new JsonObject("{\"new\":2,\"there\":true,\"list\":[1,\"2\"],\"n\":1.5,\"i\":7,\"s\":\"8\"}"));
        assertThat(reply.header("content-length"))
                .isEqualTo(Integer.toString(reply.text().length()));
    }

    @Test
    void aResponseThatIsTooLargeToEditIsNotShown() {
        api.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json")
                .end(Buffer.buffer("{\"secret\":\"" + "x".repeat(2_000_000) + "\"}")));
        Reply reply = api.gatehouse.get(onResponses("remove.json=secret"));
        reply.isMessage(502, "An invalid response was received from the upstream server");
    }

    @Test
    void aResponseOfAnotherTypeAndAResponseToHeadPass() {
        String path = onResponses("remove.json=headers");
        Reply head =
                Http.send(Http.get(api.gatehouse.proxyUrl(path)).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        head.isStatus(200);
        api.upstream.behave(request ->
                request.response().putHeader("content-type", "text/plain").end("{\"headers\":1}"));
        assertThat(api.gatehouse.get(path).text()).isEqualTo("{\"headers\":1}");
    }

    @Test
    void theSchemasContainEveryDefault() {
        for (String plugin : List.of("request-transformer", "response-transformer")) {
            JsonObject stored = api.add(api.open(), plugin, new JsonObject()).getJsonObject("config");
            assertThat(stored.getJsonObject("add").getJsonArray("headers")).isEmpty();
            assertThat(stored.getJsonObject("rename").getJsonArray("headers")).isEmpty();
        }
    }
}
