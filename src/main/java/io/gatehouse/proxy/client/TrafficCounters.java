package io.gatehouse.proxy.client;

import java.util.concurrent.atomic.LongAdder;

/** What the listeners of this node have seen since the start; counted by all event loops, read by the Admin API. */
public final class TrafficCounters {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder answered = new LongAdder();

    void connectionOpened() {
        accepted.increment();
    }

    void connectionClosed() {
        closed.increment();
    }

    void requestBegan() {
        requests.increment();
    }

    void requestEnded() {
        answered.increment();
    }

    public long connectionsAccepted() {
        return accepted.sum();
    }

    public long connectionsActive() {
        return accepted.sum() - closed.sum();
    }

    public long requestsInFlight() {
        return requests.sum() - answered.sum();
    }

    public long totalRequests() {
        return requests.sum();
    }
}
