package io.gatehouse.proxy.forward;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/** Counts the open HTTP/2 connections of an event loop to each address. */
final class OpenConnections {
    private final Map<String, Integer> counts = new HashMap<>();

    /** Counts a connection until it is closed. */
    void add(HttpConnection connection) {
        String address = text(connection.remoteAddress());
        counts.merge(address, 1, Integer::sum);
        connection.closeHandler(closed -> remove(address));
    }

    private void remove(String address) {
        int rest = counts.getOrDefault(address, 1) - 1;
        if (rest == 0) {
            counts.remove(address);
        } else {
            counts.put(address, rest);
        }
    }

    boolean has(SocketAddress address) {
        return counts.containsKey(text(address));
    }

    private static String text(SocketAddress address) {
        return address.hostAddress() + " " + address.port();
    }
}
