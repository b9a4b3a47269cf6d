package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipelined requests of a client that reads the responses late, or never (docs/reference/limits.md). */
class PipeliningTest {
    /** Less than the responses need. With a window below the size of a segment, the kernel would at times send one in 200 ms. */
    private static final int RECEIVE_BUFFER = 32 * 1024;

    private static final int BLOCK = 500;

    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
        upstream = Upstream.start();
        gatehouse.createApi("api", "/api", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static byte[] requests(String path, int number) {
        return ("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").repeat(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static InetSocketAddress proxy() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/api/x"})
    void aClientThatReadsNothing_isDisconnectedOrNotReadFrom(String path) {
        byte[] block = requests(path, BLOCK);
        UnreadClient.assertIsDisconnectedOrNotReadFrom(gatehouse, new byte[0], () -> ByteBuffer.wrap(block));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/api/x"})
    void aClientThatReadsWhileItSends_receivesEveryResponse(String path) throws Exception {
        int number = 10_000;
        try (Socket client = new Socket()) {
            client.setReceiveBufferSize(RECEIVE_BUFFER);
            client.connect(proxy());
            client.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < number; i += BLOCK) {
                        client.getOutputStream().write(requests(path, BLOCK));
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(responses(client.getInputStream(), number)).isEqualTo(number);
            sending.get();
        }
    }

    /** Each kind of response counts as one, or the connection would stop. */
    @Test
    void responsesOfEveryKind_areReceived() throws Exception {
        String kinds = "GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n"
                + "HEAD /api/x HTTP/1.1\r\nHost: a\r\n\r\n"
                + "HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /api/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
                + "POST /api/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na"
                + "TRACE /api/x HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /api/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
        // The 100 is a response too.
        int each = 8;
        // More than wait at once. The upstream sends no 100, so each takes a second.
        int rounds = 20;
        try (Socket client = new Socket()) {
            client.connect(proxy());
            client.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            client.getOutputStream().write(kinds.repeat(rounds).getBytes(StandardCharsets.US_ASCII));
            assertThat(responses(client.getInputStream(), each * rounds)).isEqualTo(each * rounds);
        }
    }

    /** Counts status lines, up to the number. */
    private static int responses(InputStream in, int number) throws IOException {
        byte[] mark = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[8 * 1024];
        int matched = 0;
        int responses = 0;
        while (responses < number) {
            int length = in.read(bytes);
            if (length < 0) {
                return responses;
            }
            for (int i = 0; i < length; i++) {
                matched = bytes[i] == mark[matched] ? matched + 1 : bytes[i] == mark[0] ? 1 : 0;
                if (matched == mark.length) {
                    responses++;
                    matched = 0;
                }
            }
        }
        return responses;
    }
}
