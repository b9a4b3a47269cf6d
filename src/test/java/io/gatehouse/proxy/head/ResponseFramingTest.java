package io.gatehouse.proxy.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.RawClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client gets its own response, whole, whatever the upstream sends before, after or around it (RFC 9112 §6.3, §9.2). */
class ResponseFramingTest extends FramingFixture {
    /** The beginning of a response that an attacker wants the next client to get. */
    private static final String UNFINISHED =
            "HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nSet-Cookie: session=evil\r\nX-Rest: ";

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'",
        "GET, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'",
        "GET, 'HTTP/1.1 204 No Content\r\n\r\n'",
        "GET, 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'",
        "HEAD, 'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n'",
        "POST, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'"
    })
    void bytesAfterAResponse_closeTheConnection_andReachNoOtherClient(String method, String response) {
        for (String excess : new String[] {UNFINISHED, ScriptedUpstream.OK, "x", "\r\n", " "}) {
            upstream.invalidate();
            upstream.behave(request -> request.startsWith("GET /next")
                    ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine"
                    : response + excess);
            RawClient.Answer first = RawClient.first(gatehouse, method + " /first HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(first.text()).doesNotContain("evil");
            RawClient.Answer next = RawClient.first(gatehouse, get("/next"));
            assertThat(next.status()).as("after %s", excess).isEqualTo(200);
            assertThat(next.text()).endsWith("mine").doesNotContain("evil");
            assertThat(upstream.carriers()).doesNotHaveDuplicates();
        }
    }

    @Test
    void bytesOnAnIdleConnection_closeIt() throws IOException {
        upstream.behave(request -> ScriptedUpstream.OK);
        RawClient.first(gatehouse, get("/first"));
        Socket carrier = upstream.carriers().get(0);
        carrier.getOutputStream().write(UNFINISHED.getBytes(StandardCharsets.ISO_8859_1));
        await().until(carrier::isClosed);
        assertThat(RawClient.first(gatehouse, get("/next")).text())
                .endsWith("ok")
                .doesNotContain("evil");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nokok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nokok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok",
                "HTTP/1.1 99 Early\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 0 None\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 1000 Much\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n : x\r\n\r\nok"
            })
    void aResponseWithoutACertainEnd_is502(String response) {
        upstream.behave(request -> request.startsWith("GET /next") ? ScriptedUpstream.OK : response);
        assertThat(RawClient.first(gatehouse, get("/first")).status()).isEqualTo(502);
        assertThat(RawClient.first(gatehouse, get("/next")).text()).endsWith("ok");
    }

    /** RFC 9110 §7.6.1: the names of end-to-end fields have no effect there. */
    @ParameterizedTest
    @CsvSource({
        "'Content-Length: 4\r\n\r\nbody', content-length: 4, body",
        "'Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n', transfer-encoding: chunked, '4\r\nbody\r\n0\r\n\r\n'"
    })
    void aFieldThatFrames_isKept_whenConnectionNamesIt(String rest, String framing, String body) {
        upstream.behave(request -> "HTTP/1.1 200 OK\r\nConnection: Content-Length, Transfer-Encoding, Via, X-Named\r\n"
                + "X-Named: 1\r\n" + rest);
        for (int i = 0; i < 2; i++) {
            RawClient.Answer answer =
                    RawClient.send(gatehouse, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
            assertThat(answer.text()).endsWith("\r\n\r\n" + body);
            assertThat(answer.text().toLowerCase(Locale.ROOT))
                    .contains("\r\n" + framing + "\r\n", "\r\nvia: ")
                    .doesNotContain("x-named");
        }
    }

    @Test
    void interimResponses_areSkipped_upTo32() {
        upstream.behave(request -> "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(32) + ScriptedUpstream.OK);
        assertThat(RawClient.first(gatehouse, get("/")).text())
                .startsWith("HTTP/1.1 200")
                .endsWith("ok");
        upstream.behave(request -> "HTTP/1.1 102 Processing\r\n\r\n".repeat(33) + ScriptedUpstream.OK);
        assertThat(RawClient.first(gatehouse, get("/")).status()).isEqualTo(502);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n4\r\n of \r\n2\r\nit\r\n0\r\n\r\n'",
        "'Connection: keep-alive\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nall of it\r\n0\r\n\r\n'",
        "'Connection: keep-alive\r\n', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it'",
        "'', 'HTTP/1.0 200 OK\r\n\r\nall of it'"
    })
    void aResponseWithoutLength_endsWithTheConnection_forHttp10(String header, String response) {
        upstream.behave(request -> response.contains("chunked") ? response : response + ScriptedUpstream.CLOSE);
        RawClient.Answer answer = RawClient.send(gatehouse, "GET / HTTP/1.0\r\nHost: a.test\r\n" + header + "\r\n");
        assertThat(answer.closed()).isTrue();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).endsWith("\r\n\r\nall of it");
        assertThat(answer.text().toLowerCase(Locale.ROOT))
                .doesNotContain("transfer-encoding", "content-length", "keep-alive");
    }

    @Test
    void aConnection_isNotReused_whenItsEndIsThatOfTheBody() {
        upstream.behave(request -> "HTTP/1.1 200 OK\r\n\r\nbody" + ScriptedUpstream.CLOSE);
        for (int i = 0; i < 3; i++) {
            assertThat(RawClient.send(gatehouse, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
                            .text())
                    .contains("body");
        }
        assertThat(upstream.carriers()).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void theLengthOfAHeadResponse_isKept_andNoBodyFollows() {
        upstream.behave(request -> "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        RawClient.Answer answer = RawClient.first(gatehouse, "HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(answer.text().toLowerCase(Locale.ROOT))
                .contains("content-length: 1234")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 304 NOT MODIFIED",
        "GET, 304 Not Modified",
        "GET, 204 NOTHING",
        "HEAD, 200 FINE",
        "HEAD, 304 NOT MODIFIED"
    })
    void aResponseWithoutBody_hasNoLengthThatTheUpstreamDoesNotSend(String method, String status) {
        upstream.behave(request -> "HTTP/1.1 " + status + "\r\nETag: \"a\"\r\n\r\n");
        for (String version : List.of("1.1", "1.0")) {
            RawClient.Answer answer =
                    RawClient.first(gatehouse, method + " / HTTP/" + version + "\r\nHost: a.test\r\n\r\n");
            assertThat(answer.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
            assertThat(answer.text().toLowerCase(Locale.ROOT))
                    .contains("\r\netag: ")
                    .doesNotContain("content-length");
        }
    }

    @Test
    void aHandshakeThatIsRefusedWith304_hasNoLength() {
        upstream.behave(request -> "HTTP/1.1 304 NOT MODIFIED\r\n\r\n");
        RawClient.Answer answer = RawClient.first(
                gatehouse,
                String.join(
                        "\r\n",
                        "GET / HTTP/1.1",
                        "Host: a.test",
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "\r\n"));
        assertThat(answer.status()).isEqualTo(304);
        assertThat(answer.text().toLowerCase(Locale.ROOT)).doesNotContain("content-length");
    }

    /** The response of a plugin, in place of the upstream. */
    @Test
    void a304OfTheGateway_hasNoLength() {
        gatehouse.createApi("unmodified", "/unmodified", upstream.port());
        gatehouse.create(
                "/services/unmodified/plugins",
                new JsonObject()
                        .put("name", "request-termination")
                        .put("config", new JsonObject().put("status_code", 304)));
        RawClient.Answer answer = RawClient.first(gatehouse, get("/unmodified"));
        assertThat(answer.status()).isEqualTo(304);
        assertThat(answer.text().toLowerCase(Locale.ROOT)).doesNotContain("content-length");
    }
}
