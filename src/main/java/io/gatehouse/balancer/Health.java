package io.gatehouse.balancer;

import io.gatehouse.entity.HealthChecks.Counts;

/**
 * Tracks the health of one peer as this node sees it. A peer starts healthy. Enough successes or failures in a row change its state.
 * Active and passive checks count together.
 *
 * <p><i>Threading</i>: safe for every thread.
 */
final class Health {
    /** The outcome of one check or one request. */
    enum Report {
        SUCCESS,
        HTTP_FAILURE,
        TCP_FAILURE,
        TIMEOUT
    }

    private volatile boolean healthy = true;
    /**
     * Whether no failure is counted, so that a success changes nothing. The usual request then writes no memory that cores
     * share.
     */
    private volatile boolean hasNoFailures = true;

    private int successes;
    private int httpFailures;
    private int tcpFailures;
    private int timeouts;

    boolean isHealthy() {
        return healthy;
    }

    /** Counts a report. Returns whether it changed the state. */
    boolean count(Report report, Counts limits) {
        return report == Report.SUCCESS ? succeeded(limits) : failed(report, limits);
    }

    private boolean succeeded(Counts limits) {
        if (healthy && hasNoFailures) {
            return false;
        }
        synchronized (this) {
            if (limits.successes() == 0) {
                return false;
            }
            clearFailures();
            if (healthy) {
                hasNoFailures = true;
                return false;
            }
            successes++;
            return successes >= limits.successes() && become(true);
        }
    }

    private synchronized boolean failed(Report report, Counts limits) {
        int limit = switch (report) {
            case HTTP_FAILURE -> limits.httpFailures();
            case TCP_FAILURE -> limits.tcpFailures();
            case TIMEOUT -> limits.timeouts();
            case SUCCESS -> 0;
        };
        if (limit == 0) {
            return false;
        }
        successes = 0;
        hasNoFailures = false;
        int failures = switch (report) {
            case HTTP_FAILURE -> ++httpFailures;
            case TCP_FAILURE -> ++tcpFailures;
            case TIMEOUT -> ++timeouts;
            case SUCCESS -> 0;
        };
        return failures >= limit && become(false);
    }

    /** Sets the state as an operator asks, until checks change it. Returns whether the state changed. */
    synchronized boolean set(boolean newHealthy) {
        return become(newHealthy);
    }

    private boolean become(boolean newHealthy) {
        clearFailures();
        successes = 0;
        hasNoFailures = true;
        boolean changed = healthy != newHealthy;
        healthy = newHealthy;
        return changed;
    }

    private void clearFailures() {
        httpFailures = 0;
        tcpFailures = 0;
        timeouts = 0;
    }
}
