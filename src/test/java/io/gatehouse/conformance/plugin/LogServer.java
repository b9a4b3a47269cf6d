package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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
        return new JsonObject()
                .put("http_endpoint", "http://127.0.0.1:" + server.actualPort() + "/log")
                .put("queue", queue);
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
