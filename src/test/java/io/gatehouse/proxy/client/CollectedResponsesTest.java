package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the memory of the responses that {@code response-transformer} collects (docs/reference/limits.md#plugins). */
class CollectedResponsesTest {
    /** Responses that are collected have a half of it: four of {@link #BEGINNING}. */
    private static final long BYTES = 512 * 1024;

    private static final int FITTING = 4;
    private static final int ALL = 12;

    private static final String BEGINNING = "{\"secret\":\"" + "x".repeat(60_000) + "\"";
    private static final String END = ",\"other\":2}";
    private static final String EDITED = "{\"other\":2}";

    private Upstream upstream;
    private ImpatientProxy proxy;

    /** Those whose body the upstream has begun. */
    private final List<HttpServerResponse> begun = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        upstream = Upstream.start();
        upstream.behave(this::begin);
        proxy = ImpatientProxy.withUnsent(upstream.port(), BYTES);
    }

    @AfterEach
    void stop() {
        proxy.close();
        upstream.close();
    }

    private void begin(HttpServerRequest request) {
        HttpServerResponse response = request.response().exceptionHandler(reset -> {});
        response.putHeader("content-type", "application/json")
                .putHeader("content-length", Integer.toString(BEGINNING.length() + END.length()))
                .write(BEGINNING)
                .onSuccess(written -> begun.add(response));
    }

    private static void respond(HttpServerRequest request) {
        request.response().putHeader("content-type", "application/json").end(BEGINNING + END);
    }

    private List<CompletableFuture<Reply>> get(int times) {
        return IntStream.range(0, times)
                .mapToObj(i -> Http.sendAsync(Http.get("http://127.0.0.1:" + proxy.port() + "/edit")))
                .toList();
    }

    private static long failed(List<CompletableFuture<Reply>> replies) {
        return replies.stream().filter(CompletableFuture::isDone).count();
    }

    private List<Reply> complete(List<CompletableFuture<Reply>> replies) {
        begun.forEach(response -> response.end(END));
        return replies.stream().map(CompletableFuture::join).toList();
    }

    /** Asserts that the memory of four responses is free. */
    private void assertFree() {
        upstream.behave(this::begin);
        begun.clear();
        List<CompletableFuture<Reply>> replies = get(FITTING);
        await().until(() -> begun.size() == FITTING);

        assertThat(complete(replies))
                .allSatisfy(reply -> assertThat(reply.isStatus(200).text()).isEqualTo(EDITED));
    }

    @Test
    void responsesBeyondTheLimitOfAllTogether_are503_andTheOthersAreEdited() {
        List<CompletableFuture<Reply>> replies = get(ALL);
        await().until(() -> begun.size() == ALL && failed(replies) >= ALL - FITTING);

        List<Reply> complete = complete(replies);
        assertThat(complete).filteredOn(reply -> reply.status() == 200).isNotEmpty();
        assertThat(complete).allSatisfy(reply -> {
            if (reply.status() == 200) {
                assertThat(reply.text()).isEqualTo(EDITED);
            } else {
                reply.isMessage(503, "temporarily unavailable");
                assertThat(reply.header("retry-after")).isEqualTo("1");
            }
        });
        assertThat(proxy.failures())
                .hasSize((int)
                        complete.stream().filter(reply -> reply.status() == 503).count())
                .containsOnly("response-transformer");
        assertFree();
    }

    @Test
    void aLargerResponseFails_ratherThanSmallerOnes() {
        List<CompletableFuture<Reply>> small = get(FITTING - 1);
        await().until(() -> begun.size() == FITTING - 1);
        upstream.behave(request -> request.response()
                .exceptionHandler(reset -> {})
                .putHeader("content-type", "application/json")
                .setChunked(true)
                .write(BEGINNING.repeat(FITTING)));
        get(1).get(0).join().isMessage(503, "temporarily unavailable");

        assertThat(complete(small))
                .allSatisfy(reply -> assertThat(reply.status()).isEqualTo(200));
    }

    @Test
    void theMemoryIsFree_whenUpstreamsEndInTheMiddle() {
        upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json")
                .putHeader("content-length", "100000")
                .write(BEGINNING)
                .onComplete(written -> request.connection().close()));
        for (int i = 0; i < ALL; i++) {
            get(1).get(0).join().isStatus(502);
        }
        assertFree();
    }

    @Test
    void theMemoryIsFree_whenAResponseCannotBeEdited() {
        upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json")
                .setChunked(true)
                .write(BEGINNING)
                .onComplete(written -> request.response().end(",}")));
        for (int i = 0; i < ALL; i++) {
            get(1).get(0).join().isStatus(502);
        }
        assertFree();
    }

    @Test
    void theMemoryIsFree_whenClientsLeave() throws IOException {
        for (int i = 1; i <= ALL; i++) {
            int expected = i;
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
                client.getOutputStream()
                        .write("GET /edit HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                await().until(() -> begun.size() == expected);
            }
            await().until(() -> proxy.counters().requestsInFlight() == 0);
        }
        assertFree();
    }

    /** What the client does not take counts as unsent, not as collected. */
    @Test
    void theMemoryIsFree_whenAClientDoesNotTakeEditedResponses() throws IOException {
        upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json")
                .setChunked(true)
                .write(BEGINNING.replace("secret", "public"))
                .onComplete(written -> request.response().end(END)));
        List<Http2Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i <= FITTING; i++) {
                // SETTINGS_INITIAL_WINDOW_SIZE is 1: with 0, the codec does not flush the head either.
                Http2Socket client = Http2Socket.open(proxy.port()).frame(Http2Socket.SETTINGS, 0, 0, 0, 4, 0, 0, 0, 1);
                clients.add(client);
                client.headers(
                                1,
                                Http2Socket.END_STREAM,
                                ":method: GET",
                                ":scheme: http",
                                ":authority: a",
                                ":path: /edit")
                        .send();
                assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(200);
            }
            assertFree();
        } finally {
            for (Http2Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void responsesThatArriveAtOnce_areEdited() {
        upstream.behave(CollectedResponsesTest::respond);
        for (int i = 0; i < ALL; i++) {
            assertThat(get(1).get(0).join().isStatus(200).text()).isEqualTo(EDITED);
        }
    }
}
