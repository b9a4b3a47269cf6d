package io.gatehouse.bus;

/** Asks for the whole configuration. */
public record FetchCatalog() {}
