package io.gatehouse.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Records the responses that clients got for each token, and so the responses that a node may give:
 *
 * <ul>
 *   <li>issued, and no revocation sent before the response: 200
 *   <li>response to the revocation received before the request was sent: 401; 200 from a late node within the bound
 *   <li>between the two: either
 * </ul>
 *
 * <p>503 is no decision. Any node may respond with it at any time, and it counts as a failure. Times are of
 * {@link System#nanoTime()}.
 */
final class TokenLedger {
    private static final long NEVER = Long.MAX_VALUE;
    /** Enough for a random choice in a long run. Dropping older ones hides no wrong decision. */
    private static final int CAPACITY = 3_000;

    private final List<Token> live = new ArrayList<>();
    private final List<Token> revoked = new ArrayList<>();

    /** One access token. Its fields change under the ledger's lock. */
    static final class Token {
        final String access;
        final @Nullable String refresh;
        final String client;
        private final long issued = System.nanoTime();
        private long revocationSent = NEVER;
        private long revocationAnswered = NEVER;
        private long excusedUntil;
        private @Nullable Tolerance tolerance;

        Token(String access, @Nullable String refresh, String client) {
            this.access = access;
            this.refresh = refresh;
            this.client = client;
        }

        String story(long now) {
            return "%s… issued %s ago, revocation sent %s, answered %s, tolerance %s"
                    .formatted(
                            access.substring(0, 6),
                            millis(now - issued),
                            revocationSent == NEVER ? "never" : millis(now - revocationSent) + " ago",
                            revocationAnswered == NEVER ? "never" : millis(now - revocationAnswered) + " ago",
                            tolerance == null
                                    ? "none"
                                    : tolerance.nodes() + " until " + millis(excusedUntil - now) + " from now");
        }

        private boolean tolerances(NodeProcess node, long sent) {
            return tolerance != null && sent <= excusedUntil && tolerance.covers(node.id());
        }

        private static String millis(long nanos) {
            return nanos / 1_000_000 + " ms";
        }
    }

    synchronized Token issued(String access, @Nullable String refresh, String client) {
        Token token = new Token(access, refresh, client);
        add(live, token);
        return token;
    }

    private static void add(List<Token> tokens, Token token) {
        if (tokens.size() >= CAPACITY) {
            tokens.set((int) (System.nanoTime() % CAPACITY), token);
        } else {
            tokens.add(token);
        }
    }

    synchronized @Nullable Token anyLive(SplittableRandom random) {
        return live.isEmpty() ? null : live.get(random.nextInt(live.size()));
    }

    synchronized @Nullable Token anyRevoked(SplittableRandom random) {
        return revoked.isEmpty() ? null : revoked.get(random.nextInt(revoked.size()));
    }

    /** Removes a live token, to revoke or refresh it. */
    synchronized @Nullable Token takeLive(SplittableRandom random, boolean refreshable) {
        for (int attempt = 0; attempt < 20 && !live.isEmpty(); attempt++) {
            int index = random.nextInt(live.size());
            Token token = live.get(index);
            if (!refreshable || token.refresh != null) {
                live.set(index, live.get(live.size() - 1));
                live.remove(live.size() - 1);
                return token;
            }
        }
        return null;
    }

    /** Records that a request that revokes the token will be sent. */
    synchronized void revoking(Token token) {
        token.revocationSent = Math.min(token.revocationSent, System.nanoTime());
    }

    /** Records the response to that request, and the nodes that may be late. */
    synchronized void revoked(Token token, @Nullable Tolerance tolerance) {
        long now = System.nanoTime();
        token.revocationAnswered = now;
        token.tolerance = tolerance;
        token.excusedUntil = tolerance == null ? 0 : now + tolerance.time().toNanos();
        live.remove(token);
        add(revoked, token);
    }

    /** Records a token without a response to its issuance or revocation: both decisions are right. */
    synchronized void lost(Token token) {
        live.remove(token);
    }

    /** Describes a wrong decision; null if the response is right. */
    synchronized @Nullable String judge(Token token, NodeProcess node, int status, long sent, long answered) {
        if (status == 401 && token.revocationSent > answered) {
            return "a live token was refused: " + token.story(answered);
        }
        if (status == 200
                && token.revocationAnswered < sent
                && !token.tolerances(node, sent)
                && !node.isExcused(sent, token.revocationAnswered)) {
            return "a revoked token was accepted: " + token.story(answered);
        }
        return null;
    }

    /** The age of the revocation when a node accepted the token, in milliseconds; negative without a revocation. */
    synchronized long staleMillis(Token token, int status, long sent) {
        return status == 200 && token.revocationAnswered < sent ? (sent - token.revocationAnswered) / 1_000_000 : -1;
    }

    /** The tokens that every node must accept after the load. */
    synchronized List<Token> live() {
        return List.copyOf(live);
    }

    /** The tokens that no node may accept after the load. */
    synchronized List<Token> revoked() {
        return List.copyOf(revoked);
    }
}
