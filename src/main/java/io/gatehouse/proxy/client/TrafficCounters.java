package io.gatehouse.proxy.client;

import java.util.concurrent.atomic.LongAdder;

/** Counts the connections and requests of this node's proxy listeners since its start. All event loops count; the Admin API reads. */
public final class TrafficCounters {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder ended = new LongAdder();

    public void connectionOpened() {
        accepted.increment();
    }

    public void connectionClosed() {
        closed.increment();
    }

    void requestBegan() {
        requests.increment();
    }

    void requestEnded() {
        ended.increment();
    }

    public long connectionsAccepted() {
        return accepted.sum();
    }

    public long connectionsActive() {
        return accepted.sum() - closed.sum();
    }

    public long requestsInFlight() {
        return requests.sum() - ended.sum();
    }

    public long totalRequests() {
        return requests.sum();
    }
}
