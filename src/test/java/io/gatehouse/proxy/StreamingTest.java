package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.SmallNode;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies of any size pass through a node of 256 MB heap, and no faster than the recipient reads: backpressure holds the sender back (docs/reference/proxy.md#the-upstream-request).
 */
class StreamingTest {
    private static final long LARGE = 2L << 30;
    private static final long SMALLER = 128L << 20;
    /** In the node, and in the buffers of the test's own sockets. */
    private static final long UNDER_WAY_MIB = 16;

    private static final int GROWTH_MIB = 100;
    private static final int SOCKET_BUFFER = 256 * 1024;
    private static final int TIMEOUT_SECONDS = 120;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();
    private static ServerSocketChannel upstream;
    private static SmallNode node;
    private static Vertx vertx;
    private static HttpClient http2;

    @BeforeAll
    static void start() throws IOException {
        upstream = ServerSocketChannel.open();
        upstream.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
        upstream.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        node = SmallNode.start();
        node.createApi("api", "/api", upstream.socket().getLocalPort());
        vertx = Vertx.vertx();
        http2 = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    }

    @AfterAll
    static void stop() throws IOException {
        Gatehouse.await(vertx.close());
        node.close();
        upstream.close();
        THREADS.shutdownNow();
    }

    private static SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
        return channel;
    }

    private static String length(Pump pump, boolean chunked) {
        return chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: " + pump.total() + "\r\n\r\n";
    }

    /** Runs the work beside the test's own thread. */
    private static CompletableFuture<Void> beside(Step step) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                THREADS);
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Reads a request whose body is pumped, and responds. */
    private static CompletableFuture<Void> upstreamReceives(Pump pump) {
        return beside(() -> {
            try (SocketChannel connection = upstream.accept()) {
                pump.receive(connection.socket().getInputStream());
                connection.write(StandardCharsets.US_ASCII.encode(
                        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            }
        });
    }

    /** Reads a request without a body, and responds with a pumped one. */
    private static CompletableFuture<Void> upstreamSends(Pump pump, boolean chunked) {
        return beside(() -> {
            try (SocketChannel connection = upstream.accept()) {
                connection.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
                new Pump(0).receive(connection.socket().getInputStream());
                pump.send(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n" + length(pump, chunked), chunked);
            }
        });
    }

    private static void report(String what, Pump pump, long startNanos, int rssBefore, CompletableFuture<Void> other) {
        other.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
        Duration time = Duration.ofNanos(System.nanoTime() - startNanos);
        System.out.printf(
                "%s: %,d bytes in %.1f s, %d MiB in flight at most; RSS %d MiB before, %d MiB at most%n",
                what, pump.received(), time.toMillis() / 1000.0, pump.mostUnderWay(), rssBefore, node.highestRss());
        assertThat(pump.received()).isEqualTo(pump.total());
        assertThat(pump.mostUnderWay()).isLessThan(UNDER_WAY_MIB + bufferMib("tcp_rmem") + bufferMib("tcp_wmem"));
        assertThat(node.highestRss() - rssBefore).isLessThan(GROWTH_MIB);
    }

    /** The largest buffer, in MiB, that the system gives a socket of the node: the third number of the file. */
    private static long bufferMib(String file) {
        try {
            // By lines: the file ends after the first read, and readString begins with one of a byte.
            String sizes =
                    Files.readAllLines(Path.of("/proc/sys/net/ipv4/" + file)).get(0);
            return Long.parseLong(sizes.split("\\s+", -1)[2]) >> 20;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUploadIsHeldBackByAnUpstreamThatDoesNotRead(boolean chunked) throws IOException {
        Pump pump = new Pump(chunked ? SMALLER : LARGE);
        int before = node.rss();
        long start = System.nanoTime();
        CompletableFuture<Void> received = upstreamReceives(pump);
        try (SocketChannel client = connect()) {
            pump.send(client, "POST /api HTTP/1.1\r\nHost: a\r\n" + length(pump, chunked), chunked);
            assertThat(new Pump(0).receive(client.socket().getInputStream())).startsWith("HTTP/1.1 200");
        }
        report(chunked ? "chunked upload" : "upload", pump, start, before, received);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDownloadIsHeldBackByAClientThatDoesNotRead(boolean chunked) throws IOException {
        Pump pump = new Pump(chunked ? SMALLER : LARGE);
        int before = node.rss();
        long start = System.nanoTime();
        CompletableFuture<Void> sent = upstreamSends(pump, chunked);
        try (SocketChannel client = connect()) {
            client.write(StandardCharsets.US_ASCII.encode("GET /api HTTP/1.1\r\nHost: a\r\n\r\n"));
            assertThat(pump.receive(client.socket().getInputStream())).startsWith("HTTP/1.1 200");
        }
        report(chunked ? "chunked download" : "download", pump, start, before, sent);
    }

    private static RequestOptions options(HttpMethod method) {
        return new RequestOptions()
                .setMethod(method)
                .setHost("127.0.0.1")
                .setPort(node.port())
                .setURI("/api");
    }

    @Test
    void anUploadOverHttp2IsHeldBackToo() {
        Pump pump = new Pump(SMALLER);
        int before = node.rss();
        long start = System.nanoTime();
        CompletableFuture<Void> received = upstreamReceives(pump);
        HttpClientRequest request =
                Gatehouse.await(http2.request(options(HttpMethod.POST))).setChunked(true);
        Buffer block = Buffer.buffer(new byte[64 * 1024]);
        vertx.runOnContext(go -> write(request, block, pump));
        HttpClientResponse response = request.response()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .join();
        assertThat(response.statusCode()).isEqualTo(200);
        report("HTTP/2 upload", pump, start, before, received);
    }

    private static void write(HttpClientRequest request, Buffer block, Pump pump) {
        while (!request.writeQueueFull() && !pump.isAllSent()) {
            pump.sent(block.length());
            request.write(block);
        }
        if (pump.isAllSent()) {
            request.end();
            pump.stuck();
        } else {
            long timer = vertx.setPeriodic(100, stuck -> pump.stuck());
            request.drainHandler(drained -> {
                vertx.cancelTimer(timer);
                write(request, block, pump);
            });
        }
    }

    @Test
    void aDownloadOverHttp2IsHeldBackToo() {
        Pump pump = new Pump(SMALLER);
        int before = node.rss();
        long start = System.nanoTime();
        CompletableFuture<Void> sent = upstreamSends(pump, false);
        Promise<Void> ended = Promise.promise();
        Gatehouse.await(http2.request(options(HttpMethod.GET))
                .compose(request -> request.send().onSuccess(response -> {
                    response.pause();
                    response.endHandler(ended::tryComplete).exceptionHandler(ended::tryFail);
                    // The reader that stops is a thread: what it has not taken is not asked for.
                    response.handler(data -> THREADS.execute(() -> {
                        pump.received(data.length());
                        response.fetch(1);
                    }));
                    response.fetch(1);
                })));
        ended.future()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .join();
        // The event loop may report the end before another thread has taken the last piece.
        await().atMost(Duration.ofSeconds(10)).until(() -> pump.received() >= pump.total());
        report("HTTP/2 download", pump, start, before, sent);
    }
}
