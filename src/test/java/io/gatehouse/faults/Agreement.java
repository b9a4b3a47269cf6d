package io.gatehouse.faults;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.faults.TokenLedger.Token;
import io.gatehouse.store.DeletedOwners;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.PostgresProcess;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Compares the newest tokens in the ledger with PostgreSQL and with the responses of every proxy, once the load has ended. */
record Agreement(TokenLedger ledger, List<NodeProcess> proxies, PostgresProcess postgres) {
    /** How many live and how many revoked tokens are compared. */
    private static final int NEWEST = 100;

    /** Rows of deleted clients are removed later, and their tokens are invalid meanwhile (ADR 17). */
    private static final String VALID =
            "SELECT encode(access_token_digest, 'hex') FROM oauth2_tokens t WHERE " + DeletedOwners.excludedFrom("t");

    /** Describes each difference. */
    List<String> disagreements() {
        Set<String> stored = new HashSet<>(postgres.query(VALID));
        List<CompletableFuture<String>> asked = new ArrayList<>();
        compare(newest(ledger.live()), true, stored, asked);
        compare(newest(ledger.revoked()), false, stored, asked);
        return asked.stream()
                .map(CompletableFuture::join)
                .filter(wrong -> !wrong.isEmpty())
                .toList();
    }

    private static List<Token> newest(List<Token> tokens) {
        return tokens.subList(Math.max(0, tokens.size() - NEWEST), tokens.size());
    }

    private void compare(List<Token> tokens, boolean live, Set<String> stored, List<CompletableFuture<String>> asked) {
        int expected = live ? 200 : 401;
        for (Token token : tokens) {
            if (stored.contains(CredentialDigest.of(token.access).toHex()) != live) {
                asked.add(CompletableFuture.completedFuture(
                        "PostgreSQL " + (live ? "lacks " : "still has ") + token.story(System.nanoTime())));
            }
            for (NodeProcess proxy : proxies) {
                asked.add(Http.sendAsync(TestCluster.call(proxy, token.access)).thenApply(reply -> {
                    return reply.status() == expected
                            ? ""
                            : proxy + " responds with " + reply.status() + " instead of " + expected + " for "
                                    + token.story(System.nanoTime());
                }));
            }
        }
    }
}
