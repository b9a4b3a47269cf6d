package io.gatehouse.testing;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the server behind the gateway. It echoes each request unless a test sets another handler. */
public final class Upstream implements AutoCloseable {
    private final Vertx vertx;
    private final WebSocketClient webSockets;
    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Handler<HttpServerRequest> behaviour = Upstream::echo;

    private Upstream(Vertx vertx, String host) {
        this.vertx = vertx;
        this.webSockets = vertx.createWebSocketClient();
        // Tests reset more streams than Vert.x accepts by default. It would close the gateway's connection, and fail
        // the
        // other requests on it.
        HttpServerOptions options = new HttpServerOptions().setHttp2RstFloodMaxRstFramePerWindow(Integer.MAX_VALUE);
        this.server = Gatehouse.await(vertx.createHttpServer(options)
                .requestHandler(request -> {
                    requests.incrementAndGet();
                    behaviour.handle(request);
                })
                .listen(0, host));
    }

    public static Upstream start() {
        return new Upstream(Vertx.vertx(), "127.0.0.1");
    }

    /** Starts an upstream on every address, for nodes in other network namespaces. */
    public static Upstream startOnEveryAddress() {
        return new Upstream(Vertx.vertx(), "0.0.0.0");
    }

    public int port() {
        return server.actualPort();
    }

    public Vertx vertx() {
        return vertx;
    }

    /** A client for the gateway. The garbage collector would close one without a reference. */
    public WebSocketClient webSockets() {
        return webSockets;
    }

    /** How many requests the upstream has received. */
    public int requests() {
        return requests.get();
    }

    /** Sets the handler of every further request. */
    public void behave(Handler<HttpServerRequest> newBehaviour) {
        this.behaviour = newBehaviour;
    }

    /** Responds with method, URI, headers (in lower case) and body of the request as JSON. */
    public static void echo(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            TreeMap<String, Object> headers = new TreeMap<>();
            request.headers()
                    .forEach((name, value) ->
                            headers.merge(name.toLowerCase(Locale.ROOT), value, (one, other) -> one + ", " + other));
            request.response()
                    .putHeader("content-type", "application/json")
                    .end(new JsonObject()
                            .put("method", request.method().name())
                            .put("uri", request.uri())
                            .put("headers", headers)
                            .put("body", body.toString())
                            .toBuffer());
        });
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
