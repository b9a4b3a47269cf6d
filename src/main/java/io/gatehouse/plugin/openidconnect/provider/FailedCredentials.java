package io.gatehouse.plugin.openidconnect.provider;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.syntax.IpRange;
import java.time.Duration;

/**
 * Limits the wrong credentials of a minute, for each username and each network that they come from (RFC 6819 §5.1.4.2). A check is
 * counted before it begins, so that credentials sent at once are not all tried; it no longer counts if the credential was right. One for
 * each node.
 *
 * <p><i>Why</i>: the provider receives all guesses from the gateway's address, so it cannot limit a single client. A count without the
 * network would allow an attacker to lock out a user.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
public final class FailedCredentials {
    /** The limit of a network for all usernames together, in limits of one username: one password may be tried for many users. */
    static final int USERNAMES = 10;
    /** Of a count with its digest and Caffeine's node. */
    private static final int COUNT_BYTES = 256;
    /** Clients decide how many there are. Docs: docs/reference/limits.md#plugins. */
    private static final long MAX_BYTES =
            Math.min(16 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 128);

    private final Cache<CredentialDigest, Count> counts;

    private static final class Count {
        private int failed;
        private int pending;

        boolean isOver(int limit) {
            return failed + pending >= limit;
        }
    }

    /** Counts one check of a credential. */
    public final class Attempt {
        private final int limit;
        private final Count ofUsername;
        private final Count ofNetwork;

        private Attempt(int limit, Count ofUsername, Count ofNetwork) {
            this.limit = limit;
            this.ofUsername = ofUsername;
            this.ofNetwork = ofNetwork;
        }

        /** Counts the check, unless so many have failed or may fail that it is refused. */
        public boolean begin() {
            synchronized (FailedCredentials.this) {
                if (limit > 0 && (ofUsername.isOver(limit) || ofNetwork.isOver(USERNAMES * limit))) {
                    return false;
                }
                ofUsername.pending++;
                ofNetwork.pending++;
                return true;
            }
        }

        public void end(boolean isWrong) {
            synchronized (FailedCredentials.this) {
                ofUsername.pending--;
                ofNetwork.pending--;
                if (isWrong) {
                    ofUsername.failed++;
                    ofNetwork.failed++;
                }
            }
        }
    }

    FailedCredentials() {
        this(MAX_BYTES / COUNT_BYTES);
    }

    FailedCredentials(long maxCounts) {
        this.counts = Caffeine.newBuilder()
                .maximumSize(maxCounts)
                .expireAfterWrite(Duration.ofMinutes(1))
                .build();
    }

    /**
     * Returns the attempt of a client.
     *
     * @param limit wrong credentials a minute; 0 is none
     * @param owner of the count, such as a plugin
     */
    public Attempt attempt(int limit, String owner, String username, String address) {
        String network = owner + "\n" + IpRange.network(address);
        return new Attempt(limit, count(network + "\n" + username), count(network));
    }

    private Count count(String source) {
        return counts.get(CredentialDigest.of(source), missing -> new Count());
    }

    /** Returns the number of counts. */
    long size() {
        counts.cleanUp();
        return counts.estimatedSize();
    }
}
