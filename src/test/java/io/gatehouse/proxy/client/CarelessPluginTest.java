package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plugin that continues after a body was too large for it. The upstream receives the whole body or none, and never a part. */
class CarelessPluginTest {
    private static final String BODY = "x".repeat(2_000);

    private final List<Integer> received = new CopyOnWriteArrayList<>();
    private ImpatientApi api;

    @BeforeEach
    void start() {
        api = new ImpatientApi();
        api.upstream.behave(request -> request.body().onSuccess(body -> {
            received.add(body.length());
            request.response().end();
        }));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private int post(String framing, String body) {
        String head = "POST /read HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + framing + "\r\n\r\n";
        return RawClient.send(api.proxy.port(), head + body).status();
    }

    @Test
    void aChunkedBodyIsRejected() {
        String chunk = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n";
        assertThat(post("Transfer-Encoding: chunked", chunk + "0\r\n\r\n")).isEqualTo(413);
        assertThat(received).isEmpty();
    }

    @Test
    void aBodyOfHttp2WithoutALengthIsRejected() throws IOException {
        try (Http2Socket client = Http2Socket.open(api.proxy.port())) {
            client.headers(1, 0, ":method: POST", ":scheme: http", ":authority: a", ":path: /read")
                    .frame(Http2Socket.DATA, Http2Socket.END_STREAM, 1, BODY.getBytes(StandardCharsets.US_ASCII))
                    .send();
            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(413);
        }
        assertThat(received).isEmpty();
    }

    @Test
    void anAnnouncedBodyPassesUnread() {
        assertThat(post("Content-Length: " + BODY.length(), BODY)).isEqualTo(200);
        assertThat(received).containsExactly(BODY.length());
    }
}
