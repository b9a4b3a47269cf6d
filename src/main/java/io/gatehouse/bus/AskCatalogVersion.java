package io.gatehouse.bus;

/** Asks for the number of the newest configuration. */
public record AskCatalogVersion() {}
