package io.gatehouse.bus;

/** Asks for the configuration, if it is newer than the version known. */
public record FetchCatalog(long known) {}
