package io.gatehouse.faults;

import io.gatehouse.testing.Http;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Distributes requests among the nodes of a role whose {@code /ready} has succeeded lately. */
final class LoadBalancer implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 200;
    private static final Duration PATIENCE = Duration.ofMillis(1_500);

    private final List<NodeProcess> nodes;
    private final Set<NodeProcess> out = ConcurrentHashMap.newKeySet();
    private final Map<NodeProcess, Integer> inHand = new HashMap<>();
    private final ScheduledExecutorService poller = Executors.newScheduledThreadPool(1);

    LoadBalancer(List<NodeProcess> nodes) {
        this.nodes = List.copyOf(nodes);
        for (NodeProcess node : nodes) {
            poller.execute(() -> poll(node));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A failed poll is repeated.
    private void poll(NodeProcess node) {
        Http.sendAsync(Http.get(node.statusUrl("/ready")), PATIENCE).whenComplete((reply, failure) -> {
            if (failure == null && reply.status() == 200) {
                out.remove(node);
            } else {
                out.add(node);
            }
            if (!poller.isShutdown()) {
                poller.schedule(() -> poll(node), INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    /**
     * Selects the ready node with the fewest requests in flight, except those already tried, and counts one more for it.
     * Without a ready node it selects among all, as common load balancers do.
     */
    synchronized NodeProcess pick(SplittableRandom random, Set<NodeProcess> tried) {
        List<NodeProcess> candidates = nodes.stream()
                .filter(node -> !out.contains(node) && !tried.contains(node))
                .toList();
        if (candidates.isEmpty()) {
            candidates = nodes;
        }
        int fewest = candidates.stream().mapToInt(this::inHand).min().orElseThrow();
        List<NodeProcess> idlest =
                candidates.stream().filter(node -> inHand(node) == fewest).toList();
        NodeProcess picked = idlest.get(random.nextInt(idlest.size()));
        inHand.merge(picked, 1, Integer::sum);
        return picked;
    }

    private int inHand(NodeProcess node) {
        return inHand.getOrDefault(node, 0);
    }

    /** Records that a request at a node has ended. */
    synchronized void done(NodeProcess node) {
        inHand.merge(node, -1, Integer::sum);
    }

    /** Records that a node refused the connection, so that it is not ready until the next poll. */
    void refused(NodeProcess node) {
        out.add(node);
    }

    List<NodeProcess> nodes() {
        return nodes;
    }

    @Override
    public void close() {
        poller.shutdownNow();
    }
}
