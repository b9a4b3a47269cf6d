package io.gatehouse.plugin.openidconnect.provider;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.credential.CredentialDigest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Caches the verified access tokens of all providers. One for each node.
 *
 * <p><i>Invariant</i>: it contains no signature, so no token, and only tokens that were accepted: requests with an old one evict no
 * other.
 *
 * <p><i>Why</i>: of a token, only the signature is secret, and it is a quarter. Its digest finds the result, and the signed part is
 * compared as it is: a digest of the whole would cost more than the rest of the check. A token with the signature of another one differs
 * in the signed part.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
final class VerifiedTokens {
    /** Bytes of the results. Docs: docs/reference/limits.md#plugins. */
    private static final long MAX_BYTES =
            Math.min(128 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 32);
    /** Of a result without claims. */
    private static final int RESULT_BYTES = 1_500;
    /** Of the claims that one character of a token can become: a short nested array needs the most. */
    private static final int BYTES_PER_CHARACTER = 8;
    /** Then a token is verified again. The claims of one that has expired are not kept for longer. */
    private static final Duration LIFE = Duration.ofHours(1);

    private final Cache<Key, Entry> results;

    /** Holds what finds a result. Each provider has its own results: {@code provider} is its number. */
    private record Key(long provider, CredentialDigest signature) {}

    @SuppressWarnings("ArrayRecordComponent") // Entries are never compared.
    private record Entry(byte[] signed, VerifiedToken token) {}

    VerifiedTokens() {
        this(MAX_BYTES, Ticker.systemTicker(), Scheduler.systemScheduler());
    }

    /**
     * @param maxBytes the estimated memory of the results
     * @param scheduler that removes what has expired, also on a node without requests
     */
    VerifiedTokens(long maxBytes, Ticker ticker, Scheduler scheduler) {
        this.results = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Key key, Entry entry) -> RESULT_BYTES + BYTES_PER_CHARACTER * entry.signed().length)
                .expireAfterWrite(LIFE)
                .ticker(ticker)
                .scheduler(scheduler)
                // To wake another thread would cost more than the work.
                .executor(Runnable::run)
                .build();
    }

    /** Returns the result of a token; null without one. */
    @Nullable
    VerifiedToken find(long provider, String token) {
        int end = signedEnd(token);
        if (end < 0) {
            return null;
        }
        byte[] bytes = bytes(token);
        Entry entry = results.getIfPresent(key(provider, bytes, end));
        return entry != null && Arrays.equals(bytes, 0, end, entry.signed(), 0, entry.signed().length)
                ? entry.token()
                : null;
    }

    /** Caches the result of a signed token. */
    void put(long provider, String token, VerifiedToken result) {
        byte[] bytes = bytes(token);
        int end = signedEnd(token);
        results.put(key(provider, bytes, end), new Entry(Arrays.copyOf(bytes, end), result));
    }

    /** Other characters become question marks, which are in no JWT. */
    private static byte[] bytes(String token) {
        return token.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Returns the index of the second dot, after which a JWS has its signature (RFC 7515 §7.1); -1 without one. */
    private static int signedEnd(String token) {
        return token.indexOf('.', token.indexOf('.') + 1);
    }

    private static Key key(long provider, byte[] token, int end) {
        return new Key(provider, CredentialDigest.of(token, end + 1));
    }

    /** Returns the number of results. */
    long size() {
        return results.estimatedSize();
    }
}
