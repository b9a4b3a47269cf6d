package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.testing.Gatehouse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the limits of an upstream's lines and heads at their values (docs/reference/limits.md#upstreams). */
class UpstreamHeadLimitsTest {
    private static final int LINE = 8 * 1024;
    private static final int HEAD = 32 * 1024;
    private static final String LENGTH = "Content-Length: 2\r\n";

    private static Gatehouse gatehouse;
    private RawUpstream upstream;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
    }

    @BeforeEach
    void open() {
        upstream = new RawUpstream();
    }

    private RawClient.Answer answer(String response) {
        String name = "api" + upstream.port();
        if (upstream.connections() == 0) {
            gatehouse.createApi(name, "/" + name, upstream.port());
        }
        upstream.respond(response);
        return RawClient.send(gatehouse, "GET /" + name + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    }

    private static String statusLine(int bytes) {
        String start = "HTTP/1.1 200 ";
        return start + "r".repeat(bytes - start.length()) + "\r\n";
    }

    @Test
    void aStatusLineOfTheLimitPasses_andALongerOneIs502() {
        assertThat(answer(statusLine(LINE) + LENGTH + "\r\nok").status()).isEqualTo(200);
        assertThat(answer(statusLine(LINE + 1) + LENGTH + "\r\nok").status()).isEqualTo(502);
        upstream.close();
    }

    /** The limit counts the fields without the ends of their lines. */
    private static String fields(int bytes) {
        String length = LENGTH.strip();
        return LENGTH + "X-A: " + "a".repeat(bytes - length.length() - "X-A: ".length()) + "\r\n";
    }

    @Test
    void aHeadOfTheLimitPasses_andALargerOneIs502() {
        assertThat(answer("HTTP/1.1 200 OK\r\n" + fields(HEAD) + "\r\nok").status())
                .isEqualTo(200);
        assertThat(answer("HTTP/1.1 200 OK\r\n" + fields(HEAD + 1) + "\r\nok").status())
                .isEqualTo(502);
        upstream.close();
    }

    @Test
    void aHeadOf1000FieldsPasses_andOneOfMoreIs502() {
        String head = "HTTP/1.1 200 OK\r\n" + LENGTH;
        assertThat(answer(head + "a: b\r\n".repeat(999) + "\r\nok").status()).isEqualTo(200);
        assertThat(answer(head + "a: b\r\n".repeat(1_000) + "\r\nok").status()).isEqualTo(502);
        upstream.close();
    }

    @Test
    void trailersOf1000FieldsPass_andMoreEndTheResponse() {
        String body = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n";
        String trailers = "a: b\r\n".repeat(1_000);
        assertThat(answer(body + trailers + "\r\n").text()).endsWith("2\r\nok\r\n0\r\n" + trailers + "\r\n");
        // Without the end, so that the limit and not the end decides.
        assertThat(answer(body + "a: b\r\n".repeat(1_001)).closed()).isTrue();
        upstream.close();
    }

    private static String chunked(int lineBytes) {
        return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;" + "e".repeat(lineBytes - 2)
                + "\r\nok\r\n0\r\n\r\n";
    }

    @Test
    void aLineBetweenChunksOfTheLimitPasses_andALongerOneEndsTheResponse() {
        assertThat(answer(chunked(LINE)).text()).endsWith("2\r\nok\r\n0\r\n\r\n");
        assertThat(answer(chunked(LINE + 1)).text()).doesNotContain("\r\n0\r\n");
        upstream.close();
    }
}
