package io.gatehouse.plugin;

/**
 * Changes the responses of the requests that a plugin covers, whether an upstream, a plugin or the gateway itself responds.
 *
 * <p><i>Threading</i>: all event loops share one for each configuration.
 */
public interface ResponsePhase {
    /** Runs once, before the head of the response is written. It must not block. */
    void respond(Exchange exchange, PluginResponse response);
}
