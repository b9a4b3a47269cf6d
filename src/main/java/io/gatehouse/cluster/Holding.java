package io.gatehouse.cluster;

/**
 * What a member keeps of the shared maps.
 *
 * @param holdsData false: nothing (a lite member), so that it comes and goes without anything being moved; it needs
 *     another member that does
 * @param maxTokens beyond them, those unused longest are forgotten; their backups, on another member, come on top
 */
public record Holding(boolean holdsData, int maxTokens) {}
