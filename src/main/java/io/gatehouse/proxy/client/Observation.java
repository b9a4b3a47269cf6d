package io.gatehouse.proxy.client;

import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.head.RequestIds;
import io.gatehouse.proxy.traffic.RouteMeters;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is to be told of one request when it has ended, whatever became of it: one object for each request, used by its
 * event loop alone. It is the handler of the response's end itself, so that observing allocates nothing of its own.
 */
public final class Observation implements Handler<Void> {
    private final ClientConnections connections;
    private final ClientConnections.@Nullable State connection;
    private final HttpServerRequest request;
    private final String requestId = RequestIds.next();
    private final long startNanos = System.nanoTime();

    private @Nullable ProxyExchange exchange;
    private @Nullable RouteMeters route;
    private int errorStatus;
    private boolean ended;

    Observation(
            ClientConnections connections, ClientConnections.@Nullable State connection, HttpServerRequest request) {
        this.connections = connections;
        this.connection = connection;
        this.request = request;
    }

    public HttpServerRequest request() {
        return request;
    }

    public String requestId() {
        return requestId;
    }

    public long startNanos() {
        return startNanos;
    }

    /** Null when the request's head makes no sense. */
    @Nullable
    public ProxyExchange exchange() {
        return exchange;
    }

    /** The request turned out to be sound. */
    public void understood(ProxyExchange newExchange) {
        this.exchange = newExchange;
        connections.observer().understood(newExchange);
    }

    /** Null when no route matched. */
    @Nullable
    RouteMeters route() {
        return route;
    }

    /** The request takes a route. */
    public void routed(RouteMeters meters) {
        this.route = meters;
    }

    /** An error of this HTTP status is the response, whatever a gRPC client reads in its place. */
    public void failed(int status) {
        this.errorStatus = status;
    }

    /** The status the request is counted and logged with, once its head is written. */
    int status() {
        return errorStatus == 0 ? request.response().getStatusCode() : errorStatus;
    }

    /** The response has ended, or will not go on. */
    @Override
    public void handle(Void end) {
        if (!ended) {
            ended = true;
            connections.ended(this, connection);
        }
    }
}
