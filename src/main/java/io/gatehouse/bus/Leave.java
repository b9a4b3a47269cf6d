package io.gatehouse.bus;

/** Deregisters a node without a database: it serves no more requests and reads the change feed no more. */
public record Leave(String nodeId) {}
