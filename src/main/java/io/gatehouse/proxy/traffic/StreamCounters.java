package io.gatehouse.proxy.traffic;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the connections of one route of connections. All event loops count. */
public final class StreamCounters {
    private final String route;
    private final String service;
    /** By the reason of the end, of which there are few. */
    private final Map<String, LongAdder> ended = new ConcurrentHashMap<>();

    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    StreamCounters(String route, String service) {
        this.route = route;
        this.service = service;
    }

    /** Returns the name of the route, or the id of one without a name. */
    public String route() {
        return route;
    }

    /** Returns the name of the Service, or the id of one without a name. */
    public String service() {
        return service;
    }

    /** Counts a connection that has ended. */
    public void ended(String reason) {
        ended.computeIfAbsent(reason, first -> new LongAdder()).increment();
    }

    /** Counts bytes from the client. */
    public void received(long bytes) {
        received.add(bytes);
    }

    /** Counts bytes to the client. */
    public void sent(long bytes) {
        sent.add(bytes);
    }

    Map<String, Long> ends() {
        Map<String, Long> sums = new TreeMap<>();
        ended.forEach((reason, count) -> sums.put(reason, count.sum()));
        return sums;
    }

    long bytesReceived() {
        return received.sum();
    }

    long bytesSent() {
        return sent.sum();
    }
}
