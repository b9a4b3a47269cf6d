package io.gatehouse.bus;

/** The receiver has done what was asked. */
public record Done() {}
