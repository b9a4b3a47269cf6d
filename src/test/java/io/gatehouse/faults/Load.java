package io.gatehouse.faults;

import io.gatehouse.faults.Client.Answer;
import io.gatehouse.faults.Tally.Kind;
import io.gatehouse.faults.TokenLedger.Token;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs clients that get, use, refresh and revoke tokens at a steady rate, and checks every response against the ledger. One
 * thread is one client, which sends one request after the other.
 */
final class Load {
    private static final int CLIENTS = 16;
    private static final int REUSE_ONE_IN = 6;
    private static final int PER_SECOND = Integer.getInteger("fault.rate", 200);

    final Tally tally = new Tally();
    private final TestCluster cluster;
    private final Duration staleBound;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;

    /** @param staleBound how long a node that was named late may accept a revoked token */
    Load(TestCluster cluster, Duration staleBound) {
        this.cluster = cluster;
        this.staleBound = staleBound;
        SplittableRandom seeds = new SplittableRandom(20_261_125);
        for (int i = 0; i < CLIENTS; i++) {
            SplittableRandom random = seeds.split();
            threads.add(new Thread(() -> run(random), "client-" + i));
        }
        threads.forEach(Thread::start);
    }

    private void run(SplittableRandom random) {
        long period = TimeUnit.SECONDS.toNanos(CLIENTS) / PER_SECOND;
        long next = System.nanoTime() + random.nextLong(period);
        try {
            while (running) {
                LockSupport.parkNanos(next - System.nanoTime());
                if (System.nanoTime() >= next) {
                    next = Math.max(next + period, System.nanoTime() - period);
                    act(random);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void act(SplittableRandom random) throws InterruptedException {
        int dice = random.nextInt(1_000);
        if (dice < 600) {
            call(random, Kind.LIVE, cluster.ledger.anyLive(random));
        } else if (dice < 750) {
            call(random, Kind.REVOKED, cluster.ledger.anyRevoked(random));
        } else if (dice < 810) {
            callWithNonsense(random);
        } else if (dice < 870) {
            issue(random, cluster.clientCredentials(random), Kind.ISSUE);
        } else if (dice < 910) {
            issue(random, cluster.passwordGrant(random), Kind.ISSUE);
        } else if (dice < 940) {
            refresh(random);
        } else if (dice < 997) {
            revoke(random);
        } else {
            deleteCredential(random);
        }
    }

    private void call(SplittableRandom random, Kind kind, @Nullable Token token) throws InterruptedException {
        if (token == null) {
            return;
        }
        Answer answer = proxied(random, kind, node -> TestCluster.call(node, token.access));
        int status = answer.status();
        if (status != 200 && status != 401) {
            return;
        }
        String wrong = cluster.ledger.judge(token, answer.node(), status, answer.sent(), answer.answered());
        if (wrong != null) {
            tally.wrong(kind, answer.node(), wrong);
        } else {
            tally.stale(cluster.ledger.staleMillis(token, status, answer.sent()));
        }
    }

    private void callWithNonsense(SplittableRandom random) throws InterruptedException {
        String nonsense = "nonsense" + random.nextLong(1L << 40);
        Answer answer = proxied(random, Kind.NONSENSE, node -> TestCluster.call(node, nonsense));
        if (answer.is2xx()) {
            tally.wrong(Kind.NONSENSE, answer.node(), "nonsense was accepted");
        }
    }

    private @Nullable Token issue(SplittableRandom random, Map<String, String> parameters, Kind kind)
            throws InterruptedException {
        Answer answer = proxied(random, kind, node -> TestCluster.token(node, parameters));
        if (!answer.is2xx() || answer.reply() == null) {
            if (answer.status() == 400 || answer.status() == 401) {
                tally.wrong(kind, answer.node(), "a good request was refused: " + answer.reply());
            }
            return null;
        }
        return cluster.issued(answer.reply().json(), parameters);
    }

    /** A response of the token endpoint cannot name late nodes, so any node may accept a replaced token within the bound. */
    private void refresh(SplittableRandom random) throws InterruptedException {
        Token token = cluster.ledger.takeLive(random, true);
        if (token == null || token.refresh == null) {
            return;
        }
        Map<String, String> parameters = cluster.asClient(token.client, "refresh_token");
        parameters.put("refresh_token", token.refresh);
        cluster.ledger.revoking(token);
        if (issue(random, parameters, Kind.REFRESH) == null) {
            cluster.ledger.lost(token);
            return;
        }
        cluster.ledger.revoked(token, Tolerance.anyNode(staleBound));
        if (random.nextInt(REUSE_ONE_IN) == 0) {
            Answer again = proxied(random, Kind.REUSE, node -> TestCluster.token(node, parameters));
            if (again.is2xx()) {
                tally.wrong(Kind.REUSE, again.node(), "a refresh token worked twice");
            }
        }
    }

    private void revoke(SplittableRandom random) throws InterruptedException {
        Token token = cluster.ledger.takeLive(random, false);
        if (token == null) {
            return;
        }
        cluster.ledger.revoking(token);
        // A client that got no response sends the request again.
        for (int attempt = 0; attempt < 3; attempt++) {
            Answer answer = admin(
                    random,
                    Kind.REVOKE,
                    node -> Http.get(node.url("/oauth2_tokens/" + token.access))
                            .method("DELETE", HttpRequest.BodyPublishers.noBody()));
            if (answer.is2xx()) {
                cluster.ledger.revoked(token, tolerance(answer));
                call(random, Kind.REVOKED, token);
                return;
            }
        }
        cluster.ledger.lost(token);
    }

    /** Deletes a credential with two tokens, which revokes both. */
    private void deleteCredential(SplittableRandom random) throws InterruptedException {
        String path = "/consumers/" + TestCluster.CONSUMER + "/oauth2";
        Answer made = admin(
                random,
                Kind.CREDENTIAL,
                node -> Http.json(
                        "POST",
                        node.url(path),
                        "{\"name\":\"short-lived\",\"redirect_uris\":[\"https://app.example/back\"]}"));
        if (made.status() != 201 || made.reply() == null) {
            return;
        }
        JsonObject credential = made.reply().json();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("grant_type", "client_credentials");
        parameters.put("client_id", credential.getString("client_id"));
        parameters.put("client_secret", credential.getString("client_secret"));
        Token one = issue(random, parameters, Kind.ISSUE);
        Token other = issue(random, parameters, Kind.ISSUE);
        call(random, Kind.LIVE, one);
        List<Token> tokens = new ArrayList<>();
        for (Token token : new Token[] {one, other}) {
            if (token != null) {
                tokens.add(token);
                cluster.ledger.revoking(token);
            }
        }
        Answer gone = admin(
                random,
                Kind.CREDENTIAL,
                node -> Http.get(node.url(path + "/" + credential.getString("id")))
                        .method("DELETE", HttpRequest.BodyPublishers.noBody()));
        for (Token token : tokens) {
            if (gone.is2xx()) {
                cluster.ledger.revoked(token, tolerance(gone));
                call(random, Kind.REVOKED, token);
            } else {
                cluster.ledger.lost(token);
            }
        }
    }

    private @Nullable Tolerance tolerance(Answer answer) {
        String late = answer.reply() == null ? null : answer.reply().header("X-Gatehouse-Late-Nodes");
        if (late == null) {
            return null;
        }
        tally.late();
        return Tolerance.of(late, staleBound);
    }

    private Answer proxied(SplittableRandom random, Kind kind, Function<NodeProcess, HttpRequest.Builder> request)
            throws InterruptedException {
        Answer answer = count(kind, cluster.client.send(cluster.proxies, random, request));
        if (answer.status() == 503 && answer.reply() != null && answer.reply().header("Retry-After") == null) {
            tally.wrong(
                    kind,
                    answer.node(),
                    "503 without Retry-After: " + answer.reply().text());
        }
        return answer;
    }

    private Answer admin(SplittableRandom random, Kind kind, Function<NodeProcess, HttpRequest.Builder> request)
            throws InterruptedException {
        return count(kind, cluster.client.send(cluster.admins, random, request));
    }

    private Answer count(Kind kind, Answer answer) {
        tally.request(kind);
        if (answer.failure() != null) {
            tally.failure(kind, answer.node(), answer.failure(), answer.sent());
        } else if (!answer.is2xx() && answer.status() != 401 && answer.status() != 400) {
            tally.failure(kind, answer.node(), String.valueOf(answer.status()), answer.sent());
        }
        return answer;
    }

    /** Waits until every client has completed its request. */
    void stop() throws InterruptedException {
        running = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
