package io.gatehouse.bus;

/** Requests the figures of a node. */
public record FetchFigures() {}
