package io.gatehouse.proxy.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The headers about the path of a message: X-Forwarded-*, Via and Trailer; docs/reference/proxy.md#the-upstream-request. */
class ForwardedHeadersTest {
    private static Gatehouse gatehouse;
    private static Gatehouse trusting;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        trusting = Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32")));
        for (Gatehouse each : List.of(gatehouse, trusting)) {
            each.createApi("all", "/", upstream.port());
            each.createApi("api", "/api", upstream.port());
            each.create(
                    "/services/api/routes",
                    new JsonObject().put("paths", List.of("/whole")).put("strip_path", false));
            each.create(
                    "/services/api/routes",
                    new JsonObject().put("paths", List.of("/secure")).put("protocols", List.of("https")));
        }
    }

    @AfterAll
    static void stop() {
        trusting.close();
        gatehouse.close();
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/a,  ,      /api,",
        "/api/a,  /lb,   /api, /lb",
        "/b,      ,      ,",
        "/b,      /lb,   ,     /lb",
        "/whole,  ,      ,",
        "/whole,  /lb,   ,     /lb",
        "/api/a,  /,     /api, /"
    })
    void theForwardedPrefixIsTheTrustedPeersOrTheStrippedOne(
            String path, String given, String untrusted, String trusted) {
        String[] headers = given == null ? new String[0] : new String[] {"X-Forwarded-Prefix", given};
        assertThat(gatehouse.get(path, headers).upstreamHeader("x-forwarded-prefix"))
                .isEqualTo(untrusted);
        assertThat(trusting.get(path, headers).upstreamHeader("x-forwarded-prefix"))
                .isEqualTo(given == null ? untrusted : trusted);
    }

    @Test
    void aRouteOfHttpsAcceptsTheSchemeOfATrustedPeer() {
        trusting.get("/secure", "X-Forwarded-Proto", "https").isStatus(200);
        trusting.get("/secure", "X-Forwarded-Proto", "http").isStatus(426);
        trusting.get("/secure").isStatus(426);
        gatehouse.get("/secure", "X-Forwarded-Proto", "https").isStatus(426);
    }

    /** A client could have sent one of them, and the peer has added its own. */
    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-Proto,  http",
        "X-Forwarded-Host,   127.0.0.1",
        "X-Forwarded-Path,   /api/a",
        "X-Forwarded-Prefix, /api"
    })
    void twoValuesOfATrustedPeerAreNone(String name, String own) {
        assertThat(trusting.get("/api/a", name, "one", name, "two").upstreamHeader(name.toLowerCase(Locale.ROOT)))
                .isEqualTo(own);
        assertThat(trusting.get("/api/a", name, "one").upstreamHeader(name.toLowerCase(Locale.ROOT)))
                .isEqualTo("one");
    }

    @Test
    void viaNamesTheVersionOfTheReceivedMessage() throws Exception {
        assertThat(gatehouse.get("/api").upstreamHeader("via")).isEqualTo("1.1 gatehouse");
        assertThat(RawClient.send(gatehouse, "GET /api HTTP/1.0\r\nHost: a\r\n\r\n")
                        .text())
                .contains("\"via\":\"1.0 gatehouse\"")
                .containsIgnoringCase("\r\nvia: 1.1 gatehouse\r\n");
        HttpClient http2 =
                HttpClient.newBuilder().sslContext(Http.trustingAll()).build();
        Reply reply = new Reply(http2.send(
                Http.get(gatehouse.secureUrl("/api"), "Via", "1.1 first").build(),
                HttpResponse.BodyHandlers.ofString()));
        assertThat(reply.response().version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(reply.upstreamHeader("via")).isEqualTo("1.1 first, 2 gatehouse");
        assertThat(reply.header("via")).isEqualTo("1.1 gatehouse");
    }

    @Test
    void theResponseToAWebSocketHandshakeHasVia() throws IOException {
        try (RawUpstream raw = new RawUpstream();
                Socket client = RawHandshake.connect(gatehouse.node().port("proxy.http"))) {
            gatehouse.createApi("socket", "/socket", raw.port());
            raw.behave(raw::agree);
            RawUpstream.write(client, RawHandshake.request("/socket"));

            assertThat(String.valueOf(RawUpstream.head(client)).toLowerCase(Locale.ROOT))
                    .startsWith("http/1.1 101 ")
                    .contains("\r\nvia: 1.1 gatehouse\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'TE: trailers\r\n',         true",
        "'TE: gzip, Trailers\r\n',   true",
        "'TE: gzip\r\n',             false",
        "'',                         false"
    })
    void trailerIsPassedOnToAClientThatAcceptsTrailers(String te, boolean passed) {
        upstream.behave(request -> request.response()
                .setChunked(true)
                .putHeader("Trailer", "X-Sum, X-Other")
                .putTrailer("X-Sum", "42")
                .end("body"));
        try {
            String text = RawClient.send(
                            gatehouse, "GET /api HTTP/1.1\r\nHost: a\r\nConnection: close, TE\r\n" + te + "\r\n")
                    .text();
            assertThat(text.toLowerCase(Locale.ROOT).contains("\r\ntrailer: x-sum, x-other\r\n"))
                    .as(text)
                    .isEqualTo(passed);
            assertThat(text).containsIgnoringCase("\r\nX-Sum: 42\r\n");
        } finally {
            upstream.behave(Upstream::echo);
        }
    }

    /** A body of a known length has no trailers, and a client of HTTP/1.0 reads none. */
    @Test
    void trailerIsNotPassedOnWhereNoneCanFollow() {
        upstream.behave(
                request -> request.response().putHeader("Trailer", "X-Sum").end("body"));
        try {
            assertThat(RawClient.send(
                                    gatehouse,
                                    "GET /api HTTP/1.1\r\nHost: a\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n")
                            .text())
                    .doesNotContainIgnoringCase("\r\ntrailer:");
        } finally {
            upstream.behave(Upstream::echo);
        }
    }
}
