package io.gatehouse.cluster.session;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import io.gatehouse.cluster.quota.Majority;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.session.SessionEntry;
import io.gatehouse.session.SessionStore;
import io.gatehouse.session.SessionsUnavailable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps entries in a Hazelcast map.
 *
 * <p><i>Why a majority</i>: the other side of a partition may have ended a session that this side still has.
 */
public final class HazelcastSessionStore implements SessionStore {
    private static final long READ_MILLIS = ClusterTimings.SHARED_CACHE_TIMEOUT.toMillis();
    /** Longer than a read: a write that timed out may have happened. */
    private static final long WRITE_MILLIS = 2_000;

    private static final byte[] MARK = {1};

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final IMap<byte[], byte[]> entries;

    private HazelcastSessionStore(Vertx vertx, HazelcastInstance hazelcast, String map) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.entries = hazelcast.getMap(map);
    }

    public static SessionStore ofSessions(Vertx vertx, HazelcastInstance hazelcast) {
        return new HazelcastSessionStore(vertx, hazelcast, SessionSettings.SESSIONS_MAP);
    }

    /** Returns the store of the ends that providers order. New sessions do not evict them. */
    public static SessionStore ofEnds(Vertx vertx, HazelcastInstance hazelcast) {
        return new HazelcastSessionStore(vertx, hazelcast, SessionSettings.ENDS_MAP);
    }

    @Override
    public Future<Optional<SessionEntry>> get(CredentialDigest key) {
        return call(READ_MILLIS, () -> entries.getAsync(key.toBytes()))
                // The majority may have been lost while the entry was read.
                .compose(value -> Majority.isPresent(hazelcast)
                        ? Future.succeededFuture(entry(value))
                        : Future.failedFuture(noMajority()));
    }

    private static Optional<SessionEntry> entry(byte @Nullable [] value) {
        if (value == null) {
            return Optional.empty();
        }
        byte[] content = VersionedValue.content(value);
        return content.length == 0
                ? Optional.empty()
                : Optional.of(new SessionEntry(VersionedValue.version(value), content));
    }

    @Override
    public Future<Long> replace(CredentialDigest key, long expected, byte[] content, Duration life) {
        return swap(key, () -> new SwapSession(expected, now(), content, life.toMillis()));
    }

    @Override
    public Future<Boolean> end(CredentialDigest key, long expected, Duration life) {
        return swap(key, () -> new SwapSession(expected, now(), VersionedValue.ENDED, life.toMillis()))
                .map(version -> version != ABSENT);
    }

    @Override
    public Future<Void> raise(CredentialDigest key, long version, Duration life) {
        return swap(key, () -> new SwapSession(SwapSession.EARLIER, version, MARK, life.toMillis()))
                .mapEmpty();
    }

    private Future<Long> swap(CredentialDigest key, Supplier<SwapSession> swap) {
        return call(WRITE_MILLIS, () -> entries.<Long>submitToKey(key.toBytes(), swap.get()));
    }

    private long now() {
        return hazelcast.getCluster().getClusterTime();
    }

    /** Calls an operation. A member that has ended throws. */
    private <T> Future<T> call(long millis, Supplier<CompletionStage<T>> operation) {
        CompletionStage<T> result;
        try {
            if (!Majority.isPresent(hazelcast)) {
                return Future.failedFuture(noMajority());
            }
            result = operation.get();
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            return Future.failedFuture(new SessionsUnavailable("sessions are unavailable", e));
        }
        return Future.fromCompletionStage(result, vertx.getOrCreateContext())
                .timeout(millis, TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(new SessionsUnavailable("sessions are unavailable", failure)));
    }

    private static SessionsUnavailable noMajority() {
        return new SessionsUnavailable("this part of the cluster has no majority", null);
    }
}
