package io.gatehouse.proxy.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two servers could read differently are rejected and never forwarded (RFC 9112 §6, docs/reference/proxy.md#protocols). */
class FramingTest {
    private static final String HOST = "Host: a.test\r\n";

    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static Stream<Arguments> ambiguous() {
        Map<String, String> requests = new TreeMap<>();
        requests.put(
                "both lengths",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        requests.put("two lengths", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab");
        requests.put("a list of lengths", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1, 2\r\n\r\nab");
        requests.put("a signed length", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: +1\r\n\r\na");
        requests.put("a negative length", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: -1\r\n\r\n");
        requests.put("a length in words", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: one\r\n\r\na");
        requests.put("space before colon", "GET / HTTP/1.1\r\n" + HOST + "X-A : b\r\n\r\n");
        requests.put("a folded line", "GET / HTTP/1.1\r\n" + HOST + "X-A: b\r\n c\r\n\r\n");
        requests.put("bare line feeds", "GET / HTTP/1.1\nHost: a.test\n\n");
        requests.put("bare carriage return", "GET / HTTP/1.1\r\n" + HOST + "X-A: b\rX-B: c\r\n\r\n");
        requests.put("nul in a value", "GET / HTTP/1.1\r\n" + HOST + "X-A: b\0c\r\n\r\n");
        requests.put("unknown coding", "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n");
        requests.put(
                "coding after chunked",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n");
        requests.put("two hosts", "GET / HTTP/1.1\r\n" + HOST + "Host: b.test\r\n\r\n");
        requests.put(
                "two media types",
                "POST / HTTP/1.1\r\n" + HOST
                        + "Content-Type: text/plain\r\ncontent-type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        requests.put("no host", "GET / HTTP/1.1\r\nX-A: b\r\n\r\n");
        requests.put("no version", "GET /\r\n" + HOST + "\r\n");
        requests.put("nonsense", "\u0016\u0003\u0001 nonsense\r\n\r\n");
        return requests.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ambiguous")
    void anAmbiguousRequestIsRejectedAndNeverForwarded(String what, String request) {
        int before = upstream.requests();

        RawClient.Answer answer = RawClient.send(gatehouse, request);

        assertThat(upstream.requests()).as(what).isEqualTo(before);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.closed()).as("closed after " + answer.text()).isTrue();
    }
}
