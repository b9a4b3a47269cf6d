package io.gatehouse.proxy.client;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.Redaction;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.head.RequestIds;
import io.gatehouse.proxy.traffic.RouteMeters;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries one request through the proxy, from its head to the end of its response, and reports it to the {@link RequestObserver}
 * then.
 *
 * <p><i>Threading</i>: used by the request's event loop alone.
 *
 * <p><i>Why</i>: it is itself the end handler of the response, so that observation needs no further object for each request.
 */
public final class Observation implements Handler<Void> {
    private final ClientConnection connection;
    private final RequestObserver observer;
    private final HttpServerRequest request;
    private final String requestId = RequestIds.next();
    private final long startNanos = System.nanoTime();

    private @Nullable ProxyExchange exchange;
    private @Nullable RouteMeters route;
    private @Nullable RequestLog log;
    private int errorStatus;
    /** What an HTTP/2 request needs, by {@link StreamBudget}. */
    private int bytes;

    private boolean ended;
    private long endNanos;

    Observation(ClientConnection connection, RequestObserver observer, HttpServerRequest request) {
        this.connection = connection;
        this.observer = observer;
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

    int bytes() {
        return bytes;
    }

    void bytes(int newBytes) {
        this.bytes = newBytes;
    }

    /** Returns null until {@link #parsed} is called, which a malformed head prevents. */
    @Nullable
    public ProxyExchange exchange() {
        return exchange;
    }

    /** Sets the exchange of a request whose head is valid, and begins its trace. */
    public void parsed(ProxyExchange newExchange) {
        this.exchange = newExchange;
        observer.parsed(newExchange);
    }

    /** Returns null if no route matched. */
    @Nullable
    RouteMeters route() {
        return route;
    }

    /** Sets the route that the request is counted for. */
    public void routed(RouteMeters meters) {
        this.route = meters;
    }

    /** Makes the plugins of the exchange log the request. */
    public void log(Redaction redaction, @Nullable Route matched, @Nullable Service service) {
        this.log = new RequestLog(redaction, matched, service);
    }

    /** Returns null if no plugin logs the request. */
    @Nullable
    RequestLog log() {
        return log;
    }

    /** Sets the HTTP status of an error that a gRPC client receives as another status. */
    public void failed(int status) {
        this.errorStatus = status;
    }

    /** Returns the status that the request is counted and logged with. Valid once the head of the response is written. */
    int status() {
        return errorStatus == 0 ? request.response().getStatusCode() : errorStatus;
    }

    /**
     * Watches the body of the request until its response has ended. Runs {@code stalled} if the client does not keep its {@link
     * ClientPace} while {@code awaited}, which is for a body that a plugin reads: {@code ProgressTimeout} checks the pace of a
     * forwarded one. Runs {@code dropped} after {@link UploadBudget} has reset the stream.
     */
    public void watchBody(BooleanSupplier awaited, Runnable stalled, Runnable dropped) {
        connection.watchBody(request, awaited, stalled, dropped);
    }

    /** Whether the response had ended before that time. */
    boolean hasEndedBefore(long nanos) {
        return ended && endNanos - nanos < 0;
    }

    /** Reports the request: its response has ended or was aborted. */
    @Override
    public void handle(@Nullable Void end) {
        if (!ended) {
            ended = true;
            endNanos = System.nanoTime();
            connection.ended(this);
            if (exchange != null) {
                exchange.ended();
            }
            observer.ended(this);
        }
    }
}
