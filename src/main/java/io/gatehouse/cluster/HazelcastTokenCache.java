package io.gatehouse.cluster;

import com.hazelcast.map.IMap;
import io.gatehouse.oauth.SharedFacts;
import io.gatehouse.oauth.TokenDigest;
import io.gatehouse.token.TokenCache;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The token cache in a Hazelcast map. Only asynchronous calls: none may wait on an event loop. */
final class HazelcastTokenCache implements TokenCache {
    /** Longer than any read of the database may take, so that what it brings is older than the mark. */
    private static final long FORGOTTEN_SECONDS = 60;
    /** Hazelcast's word for an entry that only eviction removes. */
    private static final long NEVER = 0;

    private final Vertx vertx;
    private final IMap<byte[], SharedEntry> entries;

    HazelcastTokenCache(Vertx vertx, IMap<byte[], SharedEntry> entries) {
        this.vertx = vertx;
        this.entries = entries;
    }

    @Override
    public Future<Optional<SharedFacts>> get(TokenDigest digest) {
        return onContext(entries.getAsync(digest.toBytes()))
                .map(found -> found == null ? Optional.empty() : Optional.ofNullable(found.facts()));
    }

    @Override
    public Future<Void> put(TokenDigest digest, SharedFacts facts) {
        long life = secondsLeft(facts);
        return life < 0
                ? Future.succeededFuture()
                : onContext(entries.submitToKey(digest.toBytes(), new RememberFacts(new SharedEntry(facts), life)))
                        .mapEmpty();
    }

    @Override
    public Future<Void> forget(List<TokenDigest> digests) {
        return Future.all(digests.stream()
                        .map(digest -> this.<Void>onContext(entries.setAsync(
                                digest.toBytes(), SharedEntry.FORGOTTEN, FORGOTTEN_SECONDS, TimeUnit.SECONDS)))
                        .toList())
                .mapEmpty();
    }

    /** Seconds until the facts end, at least one; negative when they have. */
    private static long secondsLeft(SharedFacts facts) {
        if (facts.endsAt() == 0) {
            return NEVER;
        }
        long left = facts.endsAt() - System.currentTimeMillis() / 1000;
        return left < 0 ? -1 : left + 1;
    }

    private <T> Future<T> onContext(CompletionStage<T> stage) {
        return Future.fromCompletionStage(stage, vertx.getOrCreateContext());
    }
}
