package io.gatehouse.faults;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.faults.TokenLedger.Token;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.PostgresProcess;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Whether every proxy and PostgreSQL know of the newest tokens what clients were told, once all is quiet. */
record Agreement(TokenLedger ledger, List<NodeProcess> proxies, PostgresProcess postgres) {
    /** As many live and as many revoked tokens. */
    private static final int NEWEST = 100;

    /** What is wrong, in words. */
    List<String> disagreements() {
        Set<String> stored =
                new HashSet<>(postgres.query("SELECT encode(access_token_digest, 'hex') FROM oauth2_tokens"));
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
                            : proxy + " answers " + reply.status() + " instead of " + expected + " for "
                                    + token.story(System.nanoTime());
                }));
            }
        }
    }
}
