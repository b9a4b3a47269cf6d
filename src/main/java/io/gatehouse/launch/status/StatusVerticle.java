package io.gatehouse.launch.status;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.connection.ListenerGuard;
import io.gatehouse.launch.settings.BindFailure;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Serves {@code /live}, {@code /ready} and {@code /metrics} to orchestrators and monitoring, and Kong's names
 * {@code /status} and {@code /status/ready} for the first two.
 *
 * <p><i>Invariant</i>: no endpoint uses the database or the cluster. Their failure must not restart a node or make every
 * proxy not ready at once.
 */
public final class StatusVerticle extends VerticleBase {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final ListenAddress address;
    private final Readiness readiness;
    private final PrometheusMeterRegistry metrics;
    private final Function<Vertx, ListenerGuard> guards;
    private volatile int port;
    private volatile boolean hasExemplars;
    private volatile Consumer<Runnable> proof = Runnable::run;

    public StatusVerticle(ListenAddress address, Readiness readiness, PrometheusMeterRegistry metrics) {
        this(address, readiness, metrics, ListenerGuard::new);
    }

    public StatusVerticle(
            ListenAddress address,
            Readiness readiness,
            PrometheusMeterRegistry metrics,
            Function<Vertx, ListenerGuard> guards) {
        this.guards = guards;
        this.address = address;
        this.readiness = readiness;
        this.metrics = metrics;
    }

    /** Returns the address after the deployment, with the port that was bound for a configured port 0. */
    public ListenAddress actualAddress() {
        return new ListenAddress(address.host(), port);
    }

    /** Makes an event loop of the node write the response to {@code /live}, which proves that the loop is not blocked. */
    void checkLoopsOf(Vertx node) {
        Context loop = node.getOrCreateContext();
        proof = response -> loop.runOnContext(now -> response.run());
    }

    /** Makes this verticle write the response to {@code /live}, before the node closes its event loops. */
    void checkNoLoops() {
        proof = Runnable::run;
    }

    /** Makes {@code /metrics} respond in OpenMetrics' format, which has exemplars, to clients that accept it. */
    void offerExemplars() {
        hasExemplars = true;
    }

    @Override
    public Future<?> start() {
        return guards.apply(vertx)
                .server(vertx, ListenerGuard.options(), this::respond)
                .listen(address.port(), address.host())
                .onSuccess(server -> port = server.actualPort())
                .recover(failure -> Future.failedFuture(BindFailure.explain(failure, "status.http", address)));
    }

    private void respond(HttpServerRequest request) {
        if (!HttpMethod.GET.equals(request.method()) && !HttpMethod.HEAD.equals(request.method())) {
            request.response().putHeader("allow", "GET, HEAD");
            json(request, 405, message("Method not allowed"));
            return;
        }
        switch (request.path() == null ? "" : request.path()) {
            case "/live", "/status" -> proof.accept(() -> json(request, 200, new JsonObject().put("live", true)));
            case "/ready", "/status/ready" -> json(request, readiness.isReady() ? 200 : 503, ready());
            case "/metrics" -> metrics(request);
            default -> json(request, 404, message("Not found"));
        }
    }

    private JsonObject ready() {
        return new JsonObject()
                .put("ready", readiness.isReady())
                .put("draining", readiness.isDraining())
                .put("missing", new JsonArray(readiness.missing()));
    }

    /** Collects on a worker thread, because many series take milliseconds. */
    private void metrics(HttpServerRequest request) {
        boolean isGzip = Gzip.isAccepted(request.headers().getAll("accept-encoding"));
        boolean isOpen =
                hasExemplars && OpenMetrics.isAccepted(request.headers().getAll("accept"));
        String type = isOpen ? OpenMetrics.MEDIA_TYPE : PROMETHEUS;
        request.response().putHeader("vary", hasExemplars ? "accept, accept-encoding" : "accept-encoding");
        vertx.executeBlocking(() -> {
                    String text = metrics.scrape(type);
                    return isGzip ? Gzip.compress(text) : Buffer.buffer(text);
                })
                .onSuccess(bytes -> {
                    if (isGzip) {
                        request.response().putHeader("content-encoding", "gzip");
                    }
                    end(request, 200, type, bytes);
                })
                .onFailure(failure -> json(request, 500, message("The metrics could not be collected")));
    }

    private static JsonObject message(String text) {
        return new JsonObject().put("message", text);
    }

    private static void json(HttpServerRequest request, int status, JsonObject body) {
        end(request, status, "application/json; charset=utf-8", body.toBuffer());
    }

    /** Omits the body for HEAD, which Vert.x would send and a client would read as the next response (RFC 9110 §9.3.2). */
    private static void end(HttpServerRequest request, int status, String contentType, Buffer bytes) {
        HttpServerResponse response = request.response()
                .setStatusCode(status)
                .putHeader("content-type", contentType)
                .putHeader("content-length", String.valueOf(bytes.length()))
                .putHeader("cache-control", "no-store");
        if (HttpMethod.HEAD.equals(request.method())) {
            response.end();
        } else {
            response.end(bytes);
        }
    }
}
