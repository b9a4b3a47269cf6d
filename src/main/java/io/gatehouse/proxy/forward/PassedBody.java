package io.gatehouse.proxy.forward;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.plugin.BodyTransformation;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.syntax.Framing;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** Passes the body of one response to the client. */
interface PassedBody {
    /**
     * Chooses how the body of a response is passed, after its head has been prepared.
     *
     * @param transformation of plugins; null if they do not change the body
     * @param isRefusal whether the client asks for a WebSocket, which the upstream refuses
     * @param forwarder has the budgets of the event loop
     */
    static PassedBody of(
            ProxyExchange exchange,
            UpstreamResponse upstream,
            @Nullable BodyTransformation transformation,
            boolean isRefusal,
            UpstreamForwarder forwarder) {
        UnsentBudget downloads = forwarder.downloads;
        if (isUnexpected(exchange, upstream)) {
            return new TransformedBody(exchange, upstream, TransformedBody.NOTHING, downloads, forwarder.collected);
        }
        if (transformation != null) {
            // Also of an upstream that refuses a WebSocket: no client may choose what plugins see.
            TransformedBody transformed =
                    new TransformedBody(exchange, upstream, transformation, downloads, forwarder.collected);
            if (transformation.keepsBytes()) {
                transformed.frameAsUpstream();
            }
            return transformed;
        }
        if (isRefusal) {
            return new RefusedHandshake(upstream, exchange.request(), downloads);
        }
        ResponseHeaders.frame(exchange, upstream);
        return new ResponseBody(exchange, upstream, downloads);
    }

    /** Whether the client asks for no body, and the upstream sends one because a plugin has set another method. */
    private static boolean isUnexpected(ProxyExchange exchange, UpstreamResponse upstream) {
        return upstream.framing().kind() != Framing.Kind.NONE
                && exchange.request().method().equals(HttpMethod.HEAD);
    }

    /**
     * Passes the body. Completes when its last bytes have been written to the client's connection. Fails with {@link ClientLeft}, or
     * with the failure of the upstream.
     */
    Future<Void> pass();

    /** Ends the response. Completes when it is written. */
    Future<Void> finish();

    /** Returns the bytes received so far. */
    long bytesPassed();

    /** Whether the client holds back the body: reading from the upstream is paused. */
    boolean isHeld();
}
