package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests ip-restriction, request-size-limiting, redirect and bot-detection against Kong 3.10. */
class RequestPluginsTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi(Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32"))));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static void assertRefused(String plugin, JsonObject config, String violation) {
        api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject().put("name", plugin).put("config", config))
                .isMessage(400, "schema violation (" + violation + ")");
    }

    private static Reply from(String address, String path) {
        return api.gatehouse.get(path, "X-Real-IP", address);
    }

    // ip-restriction

    @Test
    void onlyAllowedAddressesPass() {
        String path = api.protectedBy(
                "ip-restriction", new JsonObject().put("allow", List.of("10.1.2.0/23", "2001:db8::/33", "192.0.2.7")));
        for (String address : List.of("10.1.2.0", "10.1.3.255", "192.0.2.7", "2001:db8:7fff::1", "::ffff:192.0.2.7")) {
            from(address, path).isStatus(200);
        }
        for (String address : List.of("10.1.4.0", "10.1.1.255", "192.0.2.8", "2001:db8:8000::1")) {
            from(address, path).isMessage(403, "IP address not allowed: " + address);
        }
    }

    @Test
    void deniedAddressesDoNotPassEvenIfTheyAreAllowed() {
        String path = api.protectedBy(
                "ip-restriction",
                new JsonObject().put("allow", List.of("10.0.0.0/8")).put("deny", List.of("10.9.9.9")));
        from("10.9.9.8", path).isStatus(200);
        from("10.9.9.9", path).isStatus(403);
    }

    @Test
    void theAddressOfThePeerCountsIfItForwardsNone() {
        String path = api.protectedBy("ip-restriction", new JsonObject().put("deny", List.of("127.0.0.1")));
        from("10.0.0.2", path).isStatus(200);
        from("unknown", path).isMessage(403, "IP address not allowed: 127.0.0.1");
        api.gatehouse.get(path).isStatus(403);
    }

    @Test
    void statusAndMessageOfARejectedAddressAreConfigurable() {
        String path = api.protectedBy(
                "ip-restriction",
                new JsonObject()
                        .put("deny", List.of("0.0.0.0/0"))
                        .put("status", 405)
                        .put("message", "go away"));
        from("10.0.0.1", path).isMessage(405, "go away");
        from("2001:db8::1", path).isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0", "example.com", "10.0.0.1/", "::1/129", "fe80::1%eth0"})
    void aMalformedRangeIsRefused(String range) {
        assertRefused(
                "ip-restriction",
                new JsonObject().put("allow", List.of(range)),
                "config.allow.1: invalid ip or cidr range: '" + range + "'");
    }

    @Test
    void ipRestrictionNeedsAList() {
        assertRefused(
                "ip-restriction",
                new JsonObject(),
                "at least one of these fields must be non-empty: 'config.allow', 'config.deny'");
    }

    // request-size-limiting

    private static String limited(int bytes) {
        return api.protectedBy(
                "request-size-limiting",
                new JsonObject().put("allowed_payload_size", bytes).put("size_unit", "bytes"));
    }

    private static HttpRequest.Builder post(String path, int bytes) {
        return Http.request("POST", api.gatehouse.proxyUrl(path), "text/plain", "x".repeat(bytes));
    }

    private static HttpRequest.Builder postChunked(String path, int bytes) {
        return HttpRequest.newBuilder(URI.create(api.gatehouse.proxyUrl(path)))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[bytes])));
    }

    @Test
    void anAnnouncedBodyIsLimited() {
        String path = limited(10);
        Http.send(post(path, 10)).isStatus(200);
        Http.send(post(path, 11)).isMessage(413, "Request size limit exceeded");
        api.gatehouse.get(path).isStatus(200);
    }

    @Test
    void anUnannouncedBodyIsLimitedWhileItIsForwarded() {
        String path = limited(100_000);
        Http.send(postChunked(path, 100_000)).isStatus(200);
        Http.send(postChunked(path, 100_001)).isMessage(413, "Request size limit exceeded");
        Http.send(postChunked(path, 5_000_000)).isMessage(413, "Request size limit exceeded");
    }

    @Test
    void anUnannouncedBodyIsLimitedForLaterPluginsToo() {
        String path = limited(10);
        api.add(path, "request-termination", new JsonObject().put("echo", true));
        Http.send(postChunked(path, 10)).isStatus(503);
        Http.send(postChunked(path, 11)).isMessage(413, "Request size limit exceeded");
    }

    @Test
    void aBodyOfHttp2IsLimited() {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("localhost")
                .setPort(api.gatehouse.node().port("proxy.http"))
                .setURI(limited(100_000));
        Buffer half = Buffer.buffer("x".repeat(50_000));
        assertThat(Http2Requests.status(options, List.of(half, half))).isEqualTo(200);
        assertThat(Http2Requests.status(options, List.of(half, half, Buffer.buffer("x"))))
                .isEqualTo(413);
        assertThat(Http2Requests.status(options, List.of(Buffer.buffer("x".repeat(100_001)))))
                .isEqualTo(413);
    }

    @Test
    void aClientThatExpectsToContinueIsRejectedBeforeItsBody() {
        String path = limited(10);
        String request = "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n";
        assertThat(RawClient.first(api.gatehouse, request.formatted(path)).status())
                .isEqualTo(417);
    }

    @Test
    void aLengthCanBeRequired() {
        String path = api.protectedBy("request-size-limiting", new JsonObject().put("require_content_length", true));
        Http.send(post(path, 10)).isStatus(200);
        Http.send(postChunked(path, 10)).isMessage(411, "A valid Content-Length header is required");
    }

    @Test
    void aMegabyteHas1024Kilobytes() {
        String path = api.protectedBy("request-size-limiting", new JsonObject().put("allowed_payload_size", 1));
        Http.send(post(path, 1_048_576)).isStatus(200);
        Http.send(post(path, 1_048_577)).isStatus(413);
    }

    // redirect

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
        assertRefused("redirect", new JsonObject().put("location", "/new"), "config.location: missing host in url");
        assertRefused("redirect", new JsonObject(), "config.location: required field missing");
    }

    // bot-detection

    private static Reply as(String agent, String path) {
        return api.gatehouse.get(path, "User-Agent", agent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                "facebookexternalhit/1.1",
                "Scrapy/2.11 (+https://scrapy.org)",
                "HTTrack 3.0"
            })
    void robotsAreRejected(String agent) {
        as(agent, api.protectedBy("bot-detection", new JsonObject())).isMessage(403, "Forbidden");
    }

    @Test
    void browsersAndClientsWithoutAUserAgentPass() {
        String path = api.protectedBy("bot-detection", new JsonObject());
        as("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", path)
                .isStatus(200);
        as("curl/8.5.0", path).isStatus(200);
        as("Boto3/1.34 md/Botocore#1.34", path).isStatus(200);
        as("Mozilla/5.0 (Linux; Android 9; CUBOT X30) AppleWebKit/537.36", path).isStatus(200);
        as("Aubot/1", path).isStatus(403);
        as("bot", path).isStatus(403);
        api.gatehouse.get(path).isStatus(200);
    }

    @Test
    void allowPrecedesDenyAndTheRobots() {
        String path = api.protectedBy(
                "bot-detection",
                new JsonObject().put("allow", List.of("Googlebot", "curl/8")).put("deny", List.of("curl", "Edg/\\d+")));
        as("Googlebot/2.1", path).isStatus(200);
        as("curl/8.5.0", path).isStatus(200);
        as("curl/7.0", path).isStatus(403);
        as("Mozilla/5.0 Edg/12", path).isStatus(403);
    }

    @Test
    void severalUserAgentsAreRejected() {
        String path = api.protectedBy("bot-detection", new JsonObject());
        api.gatehouse
                .get(path, "User-Agent", "one", "User-Agent", "two")
                .isMessage(400, "Only one User-Agent header allowed");
    }

    @Test
    void anExpressionThatIsNoneIsRefused() {
        JsonObject plugin =
                new JsonObject().put("name", "bot-detection").put("config", new JsonObject().put("deny", List.of("(")));
        assertThat(api.gatehouse
                        .admin("POST", "/services" + api.open() + "/plugins", plugin)
                        .isStatus(400)
                        .text())
                .contains("invalid regex: '('");
    }

    @Test
    void theSchemasContainEveryDefault() {
        api.assertSchemaContainsEveryDefault("ip-restriction", new JsonObject().put("allow", List.of("::1")));
        api.assertSchemaContainsEveryDefault("request-size-limiting", new JsonObject());
        api.assertSchemaContainsEveryDefault("redirect", new JsonObject().put("location", "https://example.com"));
        api.assertSchemaContainsEveryDefault("bot-detection", new JsonObject());
    }
}
