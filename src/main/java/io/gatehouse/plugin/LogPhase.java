package io.gatehouse.plugin;

/**
 * Receives each request that a plugin covers when it has ended, with or without a response.
 *
 * <p><i>Threading</i>: runs on the event loop of the request, and must neither block nor keep the request waiting. All event loops
 * share one for each configuration.
 */
public interface LogPhase {
    void log(FinishedRequest request);
}
