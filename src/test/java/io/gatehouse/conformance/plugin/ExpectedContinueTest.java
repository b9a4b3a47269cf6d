package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests {@code Expect: 100-continue} (RFC 9110 §10.1.1) where a plugin reads the body. */
class ExpectedContinueTest {
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private static PluginApi api;
    private static String guarded;
    private static String keyed;
    private static String echo;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        guarded = api.protectedBy("oauth2", new JsonObject().put("enable_client_credentials", true));
        keyed = api.protectedBy("key-auth", new JsonObject().put("key_in_body", true));
        echo = api.protectedBy("request-termination", new JsonObject().put("echo", true));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String head(String path, String length) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n" + length + "\r\n\r\n";
    }

    private static Socket connect() throws IOException {
        Socket socket = Http.trustingAll()
                .getSocketFactory()
                .createSocket(
                        InetAddress.getLoopbackAddress(), api.gatehouse.node().port("proxy.https"));
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Sends a head alone and returns the first bytes of the response. */
    private static String first(String head) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readNBytes(CONTINUE.length()), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void pluginThatReadsTheBodyAsksForIt() throws IOException {
        for (String path : new String[] {guarded + "/oauth2/token", keyed, echo}) {
            assertThat(first(head(path, "Content-Length: 5"))).as(path).isEqualTo(CONTINUE);
            assertThat(first(head(path, "Transfer-Encoding: chunked"))).as(path).isEqualTo(CONTINUE);
        }
    }

    @Test
    void tokenRequestIsAnsweredAfterTheContinue() throws IOException {
        String form = "grant_type=client_credentials&client_id=a&client_secret=b";
        try (Socket socket = connect()) {
            String head = head(guarded + "/oauth2/token", "Connection: close\r\nContent-Length: " + form.length());
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertThat(new String(socket.getInputStream().readNBytes(CONTINUE.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(CONTINUE);
            socket.getOutputStream().write(form.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("invalid_client")
                    .doesNotContain("100 Continue");
        }
    }

    @Test
    void announcedBodyBeyondTheLimitIsRejectedWithoutContinue() throws IOException {
        String huge = "Content-Length: 99000000000";
        assertThat(first(head(guarded + "/oauth2/token", huge))).startsWith("HTTP/1.1 413");
        assertThat(first(head(echo, huge))).startsWith("HTTP/1.1 413");
        assertThat(first(head(keyed, huge))).startsWith("HTTP/1.1 401");
    }

    @Test
    void connectionEndsWithAResponseInPlaceOfContinue() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(head(guarded + "/oauth2/token", "Content-Length: 99000000000")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 413");
        }
    }

    /** The head for an HTTP/1.1 upstream waits for the first piece, which the client does not send before the 100. */
    @Test
    void bodyWithoutALengthIsAskedForInHttp2() throws IOException {
        try (Http2Socket client = Http2Socket.open(api.gatehouse.node().port("proxy.http"))) {
            client.headers(
                            1,
                            0,
                            ":method: POST",
                            ":scheme: http",
                            ":authority: a",
                            ":path: " + api.open(),
                            "expect: 100-continue")
                    .send();
            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(100);
            client.frame(Http2Socket.DATA, Http2Socket.END_STREAM, 1, "late".getBytes(StandardCharsets.US_ASCII))
                    .send();
            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(200);
        }
    }
}
