package io.gatehouse.bus;

/**
 * Asks for the configuration.
 *
 * @param since the version the asking node has, to which changes will do; 0: it has none
 */
public record FetchCatalog(long since) {}
