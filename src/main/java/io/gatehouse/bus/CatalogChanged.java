package io.gatehouse.bus;

/** The configuration has a new version. */
public record CatalogChanged(long version) {}
