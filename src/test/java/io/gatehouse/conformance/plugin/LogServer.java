package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Collects the log messages that it receives over HTTP. */
final class LogServer {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpServer server;
    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private volatile Consumer<HttpServerRequest> behaviour = this::accept;

    /** Listens until the Vert.x instance is closed. */
    LogServer(Vertx vertx) {
        server = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> behaviour.accept(request))
                .listen(0, "127.0.0.1"));
    }

    void behave(Consumer<HttpServerRequest> wanted) {
        behaviour = wanted;
    }

    /** Accepts every message again, and drops those that it has collected. */
    void clear() {
        behaviour = this::accept;
        bodies.clear();
    }

    void accept(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            bodies.add(body.toString());
            request.response().setStatusCode(200).end();
        });
    }

    /** Returns the configuration of an http-log plugin that sends its messages to this server. */
    JsonObject httpLog(JsonObject queue) {
        return new JsonObject().put("http_endpoint", url("/log")).put("queue", queue);
    }

    /** Returns the configuration of a zipkin plugin whose batch is the three spans of one request. */
    JsonObject zipkin() {
        return new JsonObject()
                .put("http_endpoint", url("/api/v2/spans"))
                .put("queue", new JsonObject().put("max_batch_size", 3).put("max_coalescing_delay", 3_600));
    }

    /** Returns the spans of a batch of the zipkin plugin by name. */
    Map<String, JsonObject> nextSpans() {
        JsonArray batch = new JsonArray(next());
        return IntStream.range(0, batch.size())
                .mapToObj(batch::getJsonObject)
                .collect(Collectors.toMap(span -> span.getString("name"), span -> span));
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.actualPort() + path;
    }

    /** Returns whether a message has been received that no test has read. */
    boolean hasNext() {
        return !bodies.isEmpty();
    }

    String next() {
        try {
            String body = bodies.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(body).as("a log message").isNotNull();
            return body;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
