package io.gatehouse.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What clients were told about each token, and so what a node may answer:
 *
 * <ul>
 *   <li>issued, and no revocation sent before the answer: 200
 *   <li>revocation answered before the request was sent: 401; 200 for a node that was named late, no longer than the bound
 *   <li>between the two: either
 * </ul>
 *
 * <p>503 is no decision; anybody may answer it at any time, and it counts as a failure. Times are of
 * {@link System#nanoTime()}.
 */
final class TokenLedger {
    private static final long NEVER = Long.MAX_VALUE;
    /** As many as a long run needs for a random choice; older ones are dropped, which loses no wrong decision. */
    private static final int CAPACITY = 3_000;

    private final List<Token> live = new ArrayList<>();
    private final List<Token> revoked = new ArrayList<>();

    /** One access token; its fields change under the ledger's lock. */
    static final class Token {
        final String access;
        final @Nullable String refresh;
        final String client;
        private final long issued = System.nanoTime();
        private long revocationSent = NEVER;
        private long revocationAnswered = NEVER;
        private long excusedUntil;
        private @Nullable Excuse excuse;

        Token(String access, @Nullable String refresh, String client) {
            this.access = access;
            this.refresh = refresh;
            this.client = client;
        }

        String story(long now) {
            return "%s… issued %s ago, revocation sent %s, answered %s, excuse %s"
                    .formatted(
                            access.substring(0, 6),
                            millis(now - issued),
                            revocationSent == NEVER ? "never" : millis(now - revocationSent) + " ago",
                            revocationAnswered == NEVER ? "never" : millis(now - revocationAnswered) + " ago",
                            excuse == null
                                    ? "none"
                                    : excuse.nodes() + " until " + millis(excusedUntil - now) + " from now");
        }

        private boolean excuses(NodeProcess node, long sent) {
            return excuse != null && sent <= excusedUntil && excuse.covers(node.id());
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

    /** Takes one out of the live ones, for its revocation or its refresh. */
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

    /** A request that ends it is about to leave. */
    synchronized void revoking(Token token) {
        token.revocationSent = Math.min(token.revocationSent, System.nanoTime());
    }

    /** That request was answered; with which nodes may be late, or none. */
    synchronized void revoked(Token token, @Nullable Excuse excuse) {
        long now = System.nanoTime();
        token.revocationAnswered = now;
        token.excuse = excuse;
        token.excusedUntil = excuse == null ? 0 : now + excuse.time().toNanos();
        live.remove(token);
        add(revoked, token);
    }

    /** A token whose issuing was not heard to the end, or whose revocation was not: nobody can tell. */
    synchronized void lost(Token token) {
        live.remove(token);
    }

    /** What is wrong about an answer; null when nothing is. */
    synchronized @Nullable String judge(Token token, NodeProcess node, int status, long sent, long answered) {
        if (status == 401 && token.revocationSent > answered) {
            return "a live token was refused: " + token.story(answered);
        }
        if (status == 200
                && token.revocationAnswered < sent
                && !token.excuses(node, sent)
                && !node.isExcused(sent, token.revocationAnswered)) {
            return "a revoked token was accepted: " + token.story(answered);
        }
        return null;
    }

    /** How old a revocation was that an acceptance did not know of, in milliseconds; negative when there was none. */
    synchronized long staleMillis(Token token, int status, long sent) {
        return status == 200 && token.revocationAnswered < sent ? (sent - token.revocationAnswered) / 1_000_000 : -1;
    }

    /** What every node must accept once all is quiet. */
    synchronized List<Token> live() {
        return List.copyOf(live);
    }

    /** What no node may accept once all is quiet. */
    synchronized List<Token> revoked() {
        return List.copyOf(revoked);
    }
}
