package io.gatehouse.session;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * Stores entries that the nodes of a cluster share.
 *
 * <p>Every future fails with {@link SessionsUnavailable} if the store is unavailable, or if this side of a partition has no majority.
 *
 * <p><i>Threading</i>: safe from every event loop. A future completes on the event loop of its caller.
 */
public interface SessionStore {
    /** The version of an entry that does not exist. */
    long ABSENT = 0;

    /** Returns the entry; empty if there is none, or if it has ended. */
    Future<Optional<SessionEntry>> get(CredentialDigest key);

    /**
     * Writes an entry whose version is the expected one. Returns its new version; {@link #ABSENT} if another write was earlier, and
     * nothing is written.
     */
    Future<Long> replace(CredentialDigest key, long expected, byte[] content, Duration life);

    /**
     * Ends an entry whose version is the expected one. Returns whether it has ended; otherwise another write was earlier.
     *
     * @param life for which the end is kept, so that a merge of partitions does not restore the entry
     */
    Future<Boolean> end(CredentialDigest key, long expected, Duration life);

    /** Raises the version of an entry without content. An entry with this version or a later one is unchanged. */
    Future<Void> raise(CredentialDigest key, long version, Duration life);
}
