package io.gatehouse.faults;

import io.gatehouse.testing.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request through a load balancer. It tries another node if the connection was refused, or if it failed and the method
 * is idempotent (RFC 9110 §9.2.2).
 */
final class Client {
    /** Longer than the gateway's own timeouts. */
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    private static final int ATTEMPTS = 3;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();

    /** @param sent when the attempt that got the response was sent */
    record Answer(
            NodeProcess node,
            @Nullable Reply reply,
            @Nullable String failure,
            long sent,
            long answered) {
        int status() {
            return reply == null ? 0 : reply.status();
        }

        boolean is2xx() {
            return status() / 100 == 2;
        }
    }

    Answer send(LoadBalancer nodes, SplittableRandom random, Function<NodeProcess, HttpRequest.Builder> request)
            throws InterruptedException {
        Set<NodeProcess> tried = new HashSet<>();
        for (int attempt = 1; ; attempt++) {
            NodeProcess node = nodes.pick(random, tried);
            tried.add(node);
            HttpRequest built = request.apply(node).timeout(PATIENCE).build();
            boolean again = attempt < ATTEMPTS && tried.size() < nodes.nodes().size();
            long sent = System.nanoTime();
            try {
                Reply reply = new Reply(http.send(built, HttpResponse.BodyHandlers.ofString()));
                return new Answer(node, reply, null, sent, System.nanoTime());
            } catch (ConnectException | HttpConnectTimeoutException refused) {
                nodes.refused(node);
                if (!again) {
                    return new Answer(node, null, "connection refused", sent, System.nanoTime());
                }
            } catch (HttpTimeoutException timeout) {
                return new Answer(node, null, "no answer in " + PATIENCE, sent, System.nanoTime());
            } catch (IOException broken) {
                if (!again || built.method().equals("POST")) {
                    return new Answer(node, null, "connection broken: " + broken.getMessage(), sent, System.nanoTime());
                }
            } finally {
                nodes.done(node);
            }
        }
    }
}
