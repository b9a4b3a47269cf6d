package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests {@code Expect: 100-continue} (RFC 9110 §10.1.1) where the body is forwarded. */
class ContinueTest {
    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @AfterEach
    void behave() {
        upstream.behave(Upstream::echo);
    }

    @Test
    void anExpectedContinueComesFromTheUpstream() {
        upstream.behave(request -> {
            request.response().writeContinue();
            Upstream.echo(request);
        });
        RawClient.Answer answer = RawClient.send(
                gatehouse,
                "POST /api HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n"
                        + "\r\nhi");
        assertThat(answer.text()).startsWith("HTTP/1.1 100 Continue").contains("\"body\":\"hi\"");
    }

    @Test
    void aFinalResponseInPlaceOfContinueArrivesBeforeTheBodyIsSent() {
        upstream.behave(request -> request.response().setStatusCode(403).end("no"));
        RawClient.Answer answer = RawClient.send(
                gatehouse, "POST /api HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assertThat(answer.text())
                .startsWith("HTTP/1.1 403")
                .containsIgnoringCase("\r\nconnection: close\r\n")
                .endsWith("no");
        assertThat(answer.closed()).isTrue();
    }

    /** A proxy that repeats its next request on the connection would have its beginning taken for the body (RFC 9110 §10.1.1). */
    @Test
    void anErrorInPlaceOfContinueEndsTheConnection() {
        RawClient.Answer answer = RawClient.send(
                gatehouse, "POST /nowhere HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 60\r\n\r\n");
        assertThat(answer.text()).startsWith("HTTP/1.1 404").containsIgnoringCase("\r\nconnection: close\r\n");
        assertThat(answer.closed()).isTrue();
    }

    @Test
    void anErrorToAnExpectedBodyThatHasArrivedKeepsTheConnection() {
        RawClient.Answer answer = RawClient.first(
                gatehouse, "POST /nowhere HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
        assertThat(answer.text()).startsWith("HTTP/1.1 404").doesNotContainIgnoringCase("connection: close");
    }
}
