package io.gatehouse.bus;

/** Announces a new version of the configuration. */
public record CatalogChanged(long version) {}
