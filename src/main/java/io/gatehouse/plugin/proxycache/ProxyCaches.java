package io.gatehouse.plugin.proxycache;

/**
 * Holds the stored responses of a node, which all its {@code proxy-cache} plugins share.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
public final class ProxyCaches {
    private final ResponseStore responses = new ResponseStore();
    private final PendingBodies pending = new PendingBodies();

    ResponseStore responses() {
        return responses;
    }

    PendingBodies pending() {
        return pending;
    }
}
