package io.gatehouse.proxy.client;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.Redaction;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.head.RequestIds;
import io.gatehouse.proxy.traffic.ResponseOrigin;
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
    /** Whether the gateway sends the response itself, also in place of one of the upstream that has begun. */
    private boolean own;
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

    /** Notes that the gateway sends the response itself. The upstream's may have begun, and be replaced. */
    public void responds() {
        own = true;
    }

    /** Sets the HTTP status of an error that a gRPC client receives as another status. */
    public void failed(int status) {
        this.errorStatus = status;
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

    // For the report of the request, which has ended

    /** Returns when the response ended, by {@link System#nanoTime}. */
    long endNanos() {
        return endNanos;
    }

    /** Returns the status that the request is counted and logged with: 499 if the client left before the head of the response. */
    int status() {
        if (!request.response().headWritten()) {
            return ResponseOrigin.CLIENT_LEFT;
        }
        return errorStatus == 0 ? request.response().getStatusCode() : errorStatus;
    }

    ResponseOrigin origin() {
        return ResponseOrigin.of(status(), forwardedNanos() != 0, isUpstreams());
    }

    /** Whether the response is the upstream's. The upstream may have responded after the client had left. */
    boolean isUpstreams() {
        return !own && answeredNanos() != 0 && status() != ResponseOrigin.CLIENT_LEFT;
    }

    /** Returns the status of the upstream's response, also if the gateway has replaced it; 0 if the client left without one. */
    int upstreamStatus() {
        return exchange == null || status() == ResponseOrigin.CLIENT_LEFT ? 0 : exchange.upstreamStatus();
    }

    /** Whether the whole response was written. */
    boolean isComplete() {
        return request.response().ended();
    }

    /** Returns the bytes of the body as received, and those after an upgrade. */
    long requestBytes() {
        return request.bytesRead() + (exchange == null ? 0 : exchange.upgraded().read());
    }

    /** Returns the bytes of the body as sent, and those after an upgrade. */
    long responseBytes() {
        return request.response().bytesWritten()
                + (exchange == null ? 0 : exchange.upgraded().written());
    }

    /** Returns the time from the head of the request to the last byte of the response. */
    long totalNanos() {
        return endNanos - startNanos;
    }

    /** Returns the time until the request was forwarded, or until the gateway's own response. */
    long gatewayNanos() {
        long forwarded = forwardedNanos();
        return forwarded == 0 ? totalNanos() : forwarded - startNanos;
    }

    /** Returns the time from then to the head of the upstream's response. Negative if the request was not forwarded. */
    long upstreamNanos() {
        long forwarded = forwardedNanos();
        long answered = answeredNanos();
        return forwarded == 0 ? -1 : (answered == 0 ? endNanos : answered) - forwarded;
    }

    /** Returns the time from the head of the upstream's response to the last byte. 0 if the response is not the upstream's. */
    long receiveNanos() {
        return isUpstreams() ? endNanos - answeredNanos() : 0;
    }

    private long forwardedNanos() {
        return exchange == null ? 0 : exchange.upstreamStartNanos();
    }

    private long answeredNanos() {
        return exchange == null ? 0 : exchange.upstreamAnswerNanos();
    }
}
