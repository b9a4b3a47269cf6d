package io.gatehouse.session;

/**
 * Holds an entry of a {@link SessionStore}.
 *
 * @param version which each write increases
 */
@SuppressWarnings("ArrayRecordComponent") // Entries are never compared.
public record SessionEntry(long version, byte[] content) {}
