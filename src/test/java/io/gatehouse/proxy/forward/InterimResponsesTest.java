package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.proxy.grpc.GrpcApi;
import io.gatehouse.testing.Gatehouse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a client gets the final response to HEAD and GET after the interim responses of the upstream (RFC 9110 §15.2). */
class InterimResponsesTest {
    private static final String HEAD = "HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private static final String FINAL = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

    private static Gatehouse gatehouse;
    private static RawUpstream upstream;

    @BeforeAll
    static void start() {
        upstream = new RawUpstream();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    /** Sends each interim response, and the final one, in a segment of its own if {@code apart}. */
    private static void behave(String interim, boolean apart) {
        upstream.behave((head, socket) -> {
            socket.setTcpNoDelay(true);
            String last = head.startsWith("HEAD") ? FINAL : FINAL + "ok";
            if (apart) {
                int half = interim.length() / 2;
                RawUpstream.write(socket, interim.substring(0, half));
                RawUpstream.write(socket, interim.substring(half));
                RawUpstream.write(socket, last);
            } else {
                RawUpstream.write(socket, interim + last);
            }
        });
    }

    private static List<String> exchange(List<String> requests, boolean pipelined) throws IOException {
        List<String> responses = new ArrayList<>();
        try (Socket client =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"))) {
            client.setSoTimeout(5_000);
            if (pipelined) {
                RawUpstream.write(client, String.join("", requests));
            }
            for (String request : requests) {
                if (!pipelined) {
                    RawUpstream.write(client, request);
                }
                String head = String.valueOf(RawUpstream.head(client));
                String body = request.startsWith("HEAD") ? "" : RawUpstream.read(client, 2);
                responses.add(head.lines().findFirst().orElse("") + " " + body);
            }
        }
        return responses;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 9\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
            })
    void theFinalResponseFollows(String interim) throws IOException {
        for (boolean apart : List.of(false, true)) {
            behave(interim, apart);
            for (boolean pipelined : List.of(false, true)) {
                assertThat(exchange(List.of(HEAD, GET, HEAD, HEAD, GET), pipelined))
                        .containsExactly(
                                "HTTP/1.1 200 OK ",
                                "HTTP/1.1 200 OK ok",
                                "HTTP/1.1 200 OK ",
                                "HTTP/1.1 200 OK ",
                                "HTTP/1.1 200 OK ok");
            }
        }
    }

    /** Vert.x would take the status for the final one. 14 is UNAVAILABLE. */
    @ParameterizedTest
    @ValueSource(strings = {"101", "102", "104", "199", "1000"})
    void anotherInterimResponseOfHttp2_isUnavailable(String status) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            GrpcApi.begin(gatehouse, client, server.getLocalPort());
            try (Http2Socket peer = Http2Socket.accept(server)) {
                peer.send();
                int stream = peer.await(Http2Socket.HEADERS).stream();
                peer.frame(Http2Socket.SETTINGS, Http2Socket.ACK, 0)
                        .headers(stream, 0, ":status: " + status)
                        .headers(stream, 0, ":status: 200", "content-type: application/grpc")
                        .headers(stream, Http2Socket.END_STREAM, "grpc-status: 0")
                        .send();
                assertThat(client.fields(client.await(Http2Socket.HEADERS)).get("grpc-status"))
                        .hasToString("14");
                assertThat(peer.await(Http2Socket.RST_STREAM).stream()).isEqualTo(stream);
            }
        }
    }
}
