package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests request-transformer against Kong 3.10. */
class RequestTransformerTest {
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

    private static String onRequests(String... edits) {
        return api.protectedBy("request-transformer", PluginApi.edits(edits));
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

    /** The list of an appended value would be one level deeper than JSON is written. */
    @Test
    void aBodyThatAnEditMakesTooDeepIsForwardedUnchanged() {
        String body = "{\"k\":{\"deep\":" + "[".repeat(998) + "]".repeat(998) + "}}";
        Reply reply = Http.send(Http.json("POST", api.gatehouse.proxyUrl(onRequests("append.body=k:v")), body));
        assertThat(reply.isStatus(200).json().getString("body")).isEqualTo(body);
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
        assertThat(received.getString("uri")).startsWith("/api/a%20b/a%20b?q=");
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

    @Test
    void aClientCannotForgeTheIdentityThatAPluginCopies() {
        String path = onRequests(
                "add.headers=x-template:$(headers[\"x-consumer-username\"]),x-underscore:$(headers.x_consumer_username)",
                "rename.headers=x-consumer-username:x-renamed",
                "append.headers=x-consumer-groups:own");
        JsonObject open = upstreamHeaders(
                path, "X-Consumer-Username", "forged", "X_Consumer_Username", "forged", "X-Consumer-Groups", "forged");
        assertThat(open.encode()).doesNotContain("forged");
        assertThat(open.getString("x-consumer-groups")).isEqualTo("own");

        api.add(path, "key-auth", new JsonObject());
        String consumer = api.consumer();
        JsonObject identified = upstreamHeaders(
                path,
                "apikey",
                api.key(consumer).getString("key"),
                "X-Consumer-Username",
                "forged",
                "X_Consumer_Username",
                "forged");
        assertThat(identified.encode()).doesNotContain("forged");
        for (String name : List.of("x-template", "x-underscore", "x-renamed", "x-consumer-username")) {
            assertThat(identified.getString(name)).as(name).isEqualTo(consumer);
        }
    }

    @Test
    void theAddressThatAnUntrustedPeerForwardsIsNotCopied() {
        String path = onRequests("add.headers=x-from:$(headers[\"x-forwarded-for\"])", "rename.headers=x-real-ip:x-ip");
        JsonObject headers = upstreamHeaders(path, "X-Forwarded-For", "192.0.2.1", "X-Real-IP", "192.0.2.1");
        assertThat(headers.encode()).doesNotContain("192.0.2.1");
    }

    @Test
    void templatesReadTheHostAndNonAsciiHeaders() {
        String path = onRequests("add.headers=x-host:$(headers.host),x-copy:$(headers.given)");
        RawClient.Answer answer = RawClient.first(
                api.gatehouse,
                "GET " + path + " HTTP/1.1\r\nHost: a.test:81\r\nGiven: \u00c3\u00bc\r\nConnection: close\r\n\r\n");
        assertThat(answer.text()).contains("\"x-copy\":\"\u00c3\u0083\u00c2\u00bc\"");
        assertThat(answer.text()).contains("\"x-host\":\"a.test:81\"");
    }

    @Test
    void aRenamedParameterReplacesTheOther() {
        assertThat(api.gatehouse
                        .get(onRequests("rename.querystring=old:new,same:same") + "?new=1&old=2&same=3&old=4")
                        .json()
                        .getString("uri"))
                .isEqualTo("/?new=2&same=3&new=4");
        assertThat(api.gatehouse
                        .get(onRequests("rename.querystring=old:new") + "?new=1")
                        .json()
                        .getString("uri"))
                .isEqualTo("/?new=1");
    }

    @Test
    void cookiesAreJoinedAsCookies() {
        assertThat(upstreamHeaders(onRequests("append.headers=cookie:b=2"), "Cookie", "a=1")
                        .getString("cookie"))
                .isEqualTo("a=1; b=2");
    }

    /** A million pairs, each compared with the name of each edit, would block an event loop. */
    @Test
    void aFormOfMoreThanAThousandPairsIsRejected() {
        String path = onRequests("replace.body=a:b");
        assertThat(sendForm(path, "a&".repeat(999) + "c").isStatus(200).json().getString("body"))
                .isEqualTo("a=b&c");
        sendForm(path, "a&".repeat(1_000) + "c").isStatus(413);
    }

    private static Reply sendForm(String path, String form) {
        return Http.send(
                Http.request("POST", api.gatehouse.proxyUrl(path), "application/x-www-form-urlencoded", form));
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
                "host:two words",
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
    void theSchemaContainsEveryDefault() {
        JsonObject stored =
                api.add(api.open(), "request-transformer", new JsonObject()).getJsonObject("config");
        assertThat(stored.getJsonObject("add").getJsonArray("headers")).isEmpty();
        assertThat(stored.getJsonObject("rename").getJsonArray("headers")).isEmpty();
    }
}
