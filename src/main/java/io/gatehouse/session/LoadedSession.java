package io.gatehouse.session;

/**
 * Holds a session that was read.
 *
 * @param id the value of the cookie
 * @param version of its entry in a store; {@link SessionStore#ABSENT} for one that is in the cookie itself
 */
public record LoadedSession<S>(String id, long version, S session) {}
