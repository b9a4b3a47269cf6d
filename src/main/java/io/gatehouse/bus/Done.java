package io.gatehouse.bus;

/** Acknowledges a message: its receiver has completed the work. */
public record Done() {}
