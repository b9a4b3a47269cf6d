package io.gatehouse.proxy;

import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the requests that a node answers with 503 because credentials cannot be checked now, or because bodies that plugins read take too
 * much memory: the first one, a count every 10 s, and the end. The access log has each of them.
 *
 * <p><i>Threading</i>: safe for every thread; one for all proxies of a node.
 */
public final class OutageLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutageLog.class);
    private static final long PERIOD_MILLIS = 10_000;

    private final Vertx vertx;
    private final long periodMillis;
    /** Requests since the outage began; 0 without an outage. */
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

    /** Counts a request that is answered with 503. */
    synchronized void failed(String requestId, @Nullable String reason) {
        lastReason = reason;
        if (all++ == 0) {
            LOG.warn("request {} answered 503: {}; further ones are only counted", requestId, reason);
            vertx.setTimer(periodMillis, timer -> report());
        } else {
            sinceLastLine++;
        }
    }

    private synchronized void report() {
        if (sinceLastLine == 0) {
            LOG.info("recovered: {} requests were answered 503", all);
            all = 0;
            return;
        }
        LOG.warn("{} more requests answered 503: {}", sinceLastLine, lastReason);
        sinceLastLine = 0;
        vertx.setTimer(periodMillis, timer -> report());
    }
}
