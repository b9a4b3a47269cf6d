package io.gatehouse.proxy;

import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that nobody can decide on, of all proxies of a node: a line when the first is answered 503, a count now and then,
 * and a line when there are no more. The access log has each of them. Safe from any thread.
 */
public final class OutageLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutageLog.class);
    private static final long PERIOD_MILLIS = 10_000;

    private final Vertx vertx;
    private final long periodMillis;
    /** Since it began; 0: there is none. */
    private long all;

    private long sinceLastLine;
    private @Nullable String lastReason;

    public OutageLog(Vertx vertx) {
        this(vertx, PERIOD_MILLIS);
    }

    OutageLog(Vertx vertx, long periodMillis) {
        this.vertx = vertx;
        this.periodMillis = periodMillis;
    }

    /** A request was answered 503. */
    synchronized void failed(String requestId, @Nullable String reason) {
        lastReason = reason;
        if (all++ == 0) {
            LOG.warn("request {} answered 503: {}; those that follow are only counted here", requestId, reason);
            vertx.setTimer(periodMillis, timer -> report());
        } else {
            sinceLastLine++;
        }
    }

    private synchronized void report() {
        if (sinceLastLine == 0) {
            LOG.info("no request is answered 503 any more: {} were", all);
            all = 0;
            return;
        }
        LOG.warn("{} more requests answered 503: {}", sinceLastLine, lastReason);
        sinceLastLine = 0;
        vertx.setTimer(periodMillis, timer -> report());
    }
}
