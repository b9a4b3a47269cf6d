package io.gatehouse.bus;

/**
 * Invalidates every cached state of tokens, keys, JWT credentials and groups: a change concerns more than a message lists.
 *
 * <p><i>Why</i>: a message of its own, because a node of the previous version would acknowledge another
 * {@link InvalidateCredentials} without an effect. It does not acknowledge this one, and reads the change feed within a second.
 */
public record InvalidateAllCredentials() {}
