package io.gatehouse.proxy.client;

import static io.gatehouse.proxy.client.ImpatientApi.GET;
import static io.gatehouse.proxy.client.ImpatientApi.GIVE_UP_MILLIS;
import static io.gatehouse.proxy.client.ImpatientApi.HALF_POST;
import static io.gatehouse.proxy.client.ImpatientApi.TRICKLE_MILLIS;
import static io.gatehouse.proxy.client.ImpatientApi.readAnswer;
import static io.gatehouse.proxy.client.ImpatientApi.readToEnd;
import static io.gatehouse.proxy.client.ImpatientApi.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients that begin a request and do not continue, in order to hold resources ("Slowloris"): their connections are closed after the
 * limit of docs/reference/limits.md#clients-of-the-proxy. {@link WaitingClientsTest} has those that wait for a reason.
 */
class SlowClientsTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";
    /** HEADERS of stream 1 that begin with {@code :method: GET} and are to be continued. */
    private static final String HALF_HEADERS = "\0\0\1\1\0\0\0\0\1\u0082";

    private static ImpatientApi api;

    @BeforeAll
    static void start() {
        api = new ImpatientApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void behave() {
        api.upstream.behave(Upstream::echo);
    }

    private static Socket connectSecurely() throws IOException {
        Socket socket = Http.trustingAll()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), api.proxy.securePort());
        socket.setSoTimeout(GIVE_UP_MILLIS);
        return socket;
    }

    @Test
    void aConnectionWithoutARequestIsClosedAtTheLimit() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (String beginning :
                    List.of("", "P", "PRI * HTTP/2.0\r\n", "GET /api HTTP/1.1\r\nHost:", PREFACE, PREFACE + SETTINGS)) {
                Socket socket = api.connect();
                sockets.add(socket);
                write(socket, beginning);
            }
            for (Socket socket : sockets) {
                assertThat(readToEnd(socket)).doesNotContain("HTTP/1.1 200");
            }
        } finally {
            closeAll(sockets);
        }
    }

    @Test
    void anIdleHttp2ConnectionReceivesGoaway() throws IOException {
        try (Socket socket = api.connect()) {
            write(socket, PREFACE + SETTINGS + HALF_HEADERS);
            // GOAWAY, no stream, NO_ERROR
            assertThat(readToEnd(socket)).contains("\0\0\10\7\0\0\0\0\0" + "\0\0\0\0" + "\0\0\0\0");
        }
    }

    @Test
    void aTrickleOfBytesDoesNotExtendTheLimit() throws IOException {
        for (String beginning : List.of("GET /api HTTP/1.1\r\nX: ", PREFACE + "\0\0\100\4")) {
            try (Socket socket = api.connect()) {
                write(socket, beginning);
                assertThat(trickle(socket)).isBetween(3, GIVE_UP_MILLIS / TRICKLE_MILLIS);
            }
        }
    }

    /** Sends a byte at a time until the gateway closes the connection. Returns their number. */
    private static int trickle(Socket socket) throws IOException {
        socket.setSoTimeout(TRICKLE_MILLIS);
        for (int bytes = 0; ; bytes++) {
            try {
                write(socket, "x");
                if (socket.getInputStream().read() < 0) {
                    return bytes;
                }
            } catch (SocketTimeoutException e) {
                assertThat(bytes).isLessThan(GIVE_UP_MILLIS / TRICKLE_MILLIS);
            } catch (SocketException e) {
                return bytes;
            }
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void anIncompleteHeadIsAnsweredWith408() throws Exception {
        try (Socket used = api.connect();
                Socket secure = connectSecurely()) {
            write(used, GET);
            readAnswer(used);
            for (Socket socket : List.of(used, secure)) {
                write(socket, "GET /api HTTP/1.1\r\nHo");
            }
            for (Socket socket : List.of(used, secure)) {
                assertThat(readToEnd(socket))
                        .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                        .containsIgnoringCase("connection: close")
                        .contains("Server: gatehouse/test")
                        .contains("{\"message\":\"Request timeout\",\"request_id\":\"");
            }
        }
    }

    @Test
    void anIdleConnectionIsClosedWithoutAResponse() throws IOException {
        try (Socket socket = api.connect()) {
            write(socket, "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
            assertThat(readToEnd(socket)).isEmpty();
        }
    }

    @Test
    void anIncompleteBodyIsAnsweredWith408AndTheUpstreamIsReleased() throws IOException {
        Promise<Void> released = Promise.promise();
        api.upstream.behave(request -> {
            request.exceptionHandler(broken -> {});
            request.connection().closeHandler(released::tryComplete);
        });
        try (Socket socket = api.connect()) {
            write(socket, HALF_POST);
            assertThat(readToEnd(socket))
                    .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                    .contains("{\"message\":\"Request timeout\",\"request_id\":\"");
            Gatehouse.await(released.future());
        }
    }

    @Test
    void anIncompleteBodyThatAPluginWaitsForIsAnsweredWith408() throws IOException {
        int before = api.upstream.requests();
        try (Socket socket = api.connect()) {
            write(socket, HALF_POST.replace("/api", "/read"));
            assertThat(readToEnd(socket)).startsWith("HTTP/1.1 408 Request Timeout\r\n");
        }
        var http2 = Vertx.vertx();
        try {
            HttpClient client = http2.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
            HttpClientRequest request = Gatehouse.await(client.request(new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setPort(api.proxy.port())
                    .setURI("/read")));
            request.setChunked(true).write("half");
            assertThat(Gatehouse.await(request.response()).statusCode()).isEqualTo(408);
            Gatehouse.await(client.close());
        } finally {
            Gatehouse.await(http2.close());
        }
        assertThat(api.upstream.requests()).isEqualTo(before);
        await().until(() -> api.proxy.counters().requestsInFlight() == 0);
    }

    @Test
    void otherClientsAreServedBesideAThousandSlowOnes() throws IOException {
        long before = api.proxy.counters().connectionsActive();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                Socket socket = api.connect();
                slow.add(socket);
                write(socket, i % 2 == 0 ? "GET /api HTTP/1.1\r\nHo" : HALF_POST.replace("/api", "/read"));
                if (i % 100 == 99) {
                    api.get().join().isStatus(200);
                }
            }
            for (Socket socket : slow) {
                readToEnd(socket);
            }
        } finally {
            closeAll(slow);
        }
        await().until(() -> api.proxy.counters().connectionsActive() <= before + 1);
        assertThat(api.proxy.counters().requestsInFlight()).isZero();
    }
}
