package io.gatehouse.issuer.grant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.syntax.IpRange;
import java.time.Duration;
import java.util.UUID;

/**
 * Limits the wrong secrets of a minute, for each client or plugin and each network that they come from (RFC 6749 §2.3.1, RFC 6819
 * §5.1.4.2). A verification is counted before it begins, so that secrets sent at once are not all tried; it no longer counts if
 * the secret was right. The wrong user codes of a resource owner count likewise (RFC 8628 §5.1), wherever the owner is, and so do
 * requests of public clients, which have no secret.
 *
 * <p><i>Why</i>: a count without the network would allow an attacker to lock out a client. A count by whole IPv6 addresses would
 * not limit an attacker, who has a /64.
 *
 * <p><i>Threading</i>: the verticle's event loop.
 */
public final class FailedSecrets {
    /** Bytes of all counts: clients decide how many there are. Docs: docs/reference/limits.md#oauth-20. */
    private static final long MAX_BYTES =
            Math.min(32 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 64);
    /** Of a count whose owner has a name without characters. */
    static final int COUNT_BYTES = 300;

    private final Cache<Source, Count> counts;

    private enum Kind {
        CLIENT_SECRET,
        PROVISION_KEY,
        USER_CODE,
        REGISTRATION_TOKEN,
        PUBLIC_CLIENT
    }

    private record Source(Kind kind, String owner, String network) {}

    /** The verifications of one secret from one network within a minute. */
    private static final class Count {
        private int failed;
        private int pending;
    }

    /** Counts verifications against the limit of a plugin. */
    public static final class Attempts {
        private final Count count;
        private final int limit;

        private Attempts(Count count, int limit) {
            this.count = count;
            this.limit = limit;
        }

        /** Counts a verification, unless so many have failed or may fail that it is refused. */
        public boolean begin() {
            if (limit > 0 && count.failed + count.pending >= limit) {
                return false;
            }
            count.pending++;
            return true;
        }

        /** Returns whether the failures alone have reached the limit. */
        public boolean isOver() {
            return limit > 0 && count.failed >= limit;
        }

        /** Counts a failure that has not been pending. */
        public void fail() {
            count.failed++;
        }

        public void end(boolean isRight) {
            count.pending--;
            count.failed += isRight ? 0 : 1;
        }
    }

    public FailedSecrets() {
        this(MAX_BYTES);
    }

    /** {@code maxBytes} is the estimated memory of all counts. */
    FailedSecrets(long maxBytes) {
        this.counts = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Source source, Count count) ->
                        COUNT_BYTES + 2 * source.owner().length())
                .expireAfterWrite(Duration.ofMinutes(1))
                .build();
    }

    /** Returns the number of counts. */
    long size() {
        counts.cleanUp();
        return counts.estimatedSize();
    }

    /** Returns whether the failures of a client alone have reached the limit; 0: there is none. */
    public boolean isOver(int limit, String clientId, String address) {
        Source source = new Source(Kind.CLIENT_SECRET, clientId, IpRange.network(address));
        Count count = limit == 0 ? null : counts.getIfPresent(source);
        return count != null && count.failed >= limit;
    }

    /** Counts secrets of a client, through all plugins together. */
    public Attempts ofClient(int limit, String clientId, String address) {
        return attempts(limit, new Source(Kind.CLIENT_SECRET, clientId, IpRange.network(address)));
    }

    /** Counts provision keys of a plugin. */
    Attempts ofPlugin(int limit, UUID pluginId, String address) {
        return attempts(limit, new Source(Kind.PROVISION_KEY, pluginId.toString(), IpRange.network(address)));
    }

    /** Counts user codes that a resource owner types at a plugin, wherever it is. */
    public Attempts ofOwner(int limit, UUID pluginId, String userId) {
        return attempts(limit, new Source(Kind.USER_CODE, pluginId + " " + userId, ""));
    }

    /** Counts tokens with which clients register themselves at a plugin, or manage their registration. */
    public Attempts ofRegistration(int limit, UUID pluginId, String address) {
        return attempts(limit, new Source(Kind.REGISTRATION_TOKEN, pluginId.toString(), IpRange.network(address)));
    }

    /** Counts what a public client stores, through all plugins together. */
    public Attempts ofPublicClient(int limit, String clientId, String address) {
        return attempts(limit, new Source(Kind.PUBLIC_CLIENT, clientId, IpRange.network(address)));
    }

    private Attempts attempts(int limit, Source source) {
        return new Attempts(limit == 0 ? new Count() : counts.get(source, missing -> new Count()), limit);
    }
}
