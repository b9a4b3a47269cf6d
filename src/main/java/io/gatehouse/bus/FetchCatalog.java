package io.gatehouse.bus;

/**
 * Requests the configuration.
 *
 * @param since the version that the node has, so that the reply may hold the changes only; 0: it has none
 */
public record FetchCatalog(long since) {}
