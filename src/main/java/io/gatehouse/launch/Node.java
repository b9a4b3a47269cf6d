package io.gatehouse.launch;

import io.gatehouse.config.GatehouseConfig;
import io.vertx.core.Future;

/** One running node: every role of its configuration, deployed and listening. */
public final class Node {
    private Node() {}

    /** Starts everything the configuration asks for; fails with what stopped it, having closed the rest. */
    public static Future<Node> start(GatehouseConfig config) {
        return Future.failedFuture(new UnsupportedOperationException("not wired: " + config.roles()));
    }

    /** Drains and stops; completes when the last listener is gone. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
