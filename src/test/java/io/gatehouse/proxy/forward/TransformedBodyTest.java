package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PublicAddresses;
import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.plugin.BodyTransformation;
import io.gatehouse.proxy.exchange.Peers;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.exchange.ReadBodies;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.RequestTarget;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests when the transformation of a body ends, and that it ends once. */
class TransformedBodyTest {
    private static final Buffer PIECE = Buffer.buffer("1234");
    private static Vertx vertx;

    private final List<String> calls = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        Gatehouse.await(vertx.close());
    }

    /** Notes its calls and fails at a piece of no bytes. */
    private final class Noted implements BodyTransformation {
        @Override
        public Buffer data(Buffer piece) {
            calls.add("data");
            if (piece.length() == 0) {
                throw new IllegalStateException("no bytes");
            }
            return Buffer.buffer();
        }

        @Override
        public Buffer end() {
            calls.add("end");
            return Buffer.buffer();
        }

        @Override
        public void aborted() {
            calls.add("aborted");
        }
    }

    /** An upstream's response of a length whose body is what a test passes on. */
    private record Scripted(Framing framing, Consumer<Reader> body) implements UpstreamResponse {
        @Override
        public HttpVersion version() {
            return HttpVersion.HTTP_1_1;
        }

        @Override
        public int status() {
            return 200;
        }

        @Override
        public @Nullable String reason() {
            return null;
        }

        @Override
        public MultiMap headers() {
            return MultiMap.caseInsensitiveMultiMap();
        }

        @Override
        public boolean mayHaveTrailers() {
            return false;
        }

        @Override
        public MultiMap trailers() {
            return MultiMap.caseInsensitiveMultiMap();
        }

        @Override
        public void read(Reader reader) {
            body.accept(reader);
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}
    }

    /** Passes a body of 8 announced bytes through the transformation. */
    private void pass(Consumer<UpstreamResponse.Reader> body) {
        HttpServer server = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> pass(request, new Scripted(Framing.ofLength(8), body))
                        .onComplete(done -> request.response().end()))
                .listen(0, "127.0.0.1"));
        try {
            Http.send(Http.get("http://127.0.0.1:" + server.actualPort())).isStatus(200);
        } finally {
            Gatehouse.await(server.close());
        }
    }

    private Future<Void> pass(HttpServerRequest request, UpstreamResponse upstream) {
        RequestTarget target = Objects.requireNonNull(RequestTarget.parse(request.uri()));
        Peers peers = new Peers(List.of(), PublicAddresses.DEFAULT);
        ProxyExchange exchange = new ProxyExchange(request, "id", Framing.NONE, target, null, peers, System.nanoTime());
        UnsentBudget unsent = new UnsentBudget(1_000, dropped -> {});
        return new TransformedBody(exchange, upstream, new Noted(), unsent, new ReadBodies(1_000, "Response bodies"))
                .pass();
    }

    @Test
    void aCompleteBodyEnds() {
        pass(reader -> {
            reader.data(PIECE);
            reader.data(PIECE);
            reader.end();
            reader.failed(new VertxException("the connection has closed", true));
        });
        assertThat(calls).containsExactly("data", "data", "end");
    }

    @Test
    void aFailureOfTheUpstreamAborts() {
        pass(reader -> {
            reader.data(PIECE);
            reader.failed(new VertxException("the connection has closed", true));
            reader.end();
        });
        assertThat(calls).containsExactly("data", "aborted");
    }

    @Test
    void aFailureOfTheTransformationAborts() {
        pass(reader -> {
            reader.data(PIECE);
            reader.data(Buffer.buffer());
            reader.data(PIECE);
            reader.end();
        });
        assertThat(calls).containsExactly("data", "data", "aborted");
    }

    @Test
    void aBodyOfAnotherLengthThanAnnouncedAborts() {
        pass(reader -> {
            reader.data(PIECE);
            reader.end();
        });
        assertThat(calls).containsExactly("data", "aborted");
        calls.clear();
        pass(reader -> {
            reader.data(Buffer.buffer("123456789"));
            reader.end();
        });
        assertThat(calls).containsExactly("aborted");
    }
}
