package io.gatehouse.balancer;

import io.gatehouse.entity.HealthChecks.Counts;

/**
 * Whether one peer is fit to be used, as this node sees it: a peer starts healthy, and changes when it succeeded or failed
 * often enough in a row. Active and passive checks count together. Safe for every thread.
 */
final class Health {
    /** What one check or one request said of a peer. */
    enum Report {
        SUCCESS,
        HTTP_FAILURE,
        TCP_FAILURE,
        TIMEOUT
    }

    private volatile boolean healthy = true;
    /** Whether a success would change anything, so that the usual request writes nothing that cores share. */
    private volatile boolean spotless = true;

    private int successes;
    private int httpFailures;
    private int tcpFailures;
    private int timeouts;

    boolean isHealthy() {
        return healthy;
    }

    /** Counts a report; true when it made the difference. */
    boolean count(Report report, Counts limits) {
        return report == Report.SUCCESS ? succeeded(limits) : failed(report, limits);
    }

    private boolean succeeded(Counts limits) {
        if (healthy && spotless) {
            return false;
        }
        synchronized (this) {
            if (limits.successes() == 0) {
                return false;
            }
            clearFailures();
            if (healthy) {
                spotless = true;
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
        spotless = false;
        int failures = switch (report) {
            case HTTP_FAILURE -> ++httpFailures;
            case TCP_FAILURE -> ++tcpFailures;
            case TIMEOUT -> ++timeouts;
            case SUCCESS -> 0;
        };
        return failures >= limit && become(false);
    }

    /** What an operator says counts until the checks say otherwise; true when it made the difference. */
    synchronized boolean set(boolean newHealthy) {
        return become(newHealthy);
    }

    private boolean become(boolean newHealthy) {
        clearFailures();
        successes = 0;
        spotless = true;
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
