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

/** What stands before the nodes of a role: sends requests to those whose {@code /ready} said yes a moment ago. */
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

    @SuppressWarnings("FutureReturnValueIgnored") // a poll that cannot be sent comes again
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
     * Of those in, other than those already tried, the one with the fewest requests in hand, and one more there from now on;
     * of all when none is in, as the common ones do.
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

    /** A request that was given to a node has an answer, or none will come. */
    synchronized void done(NodeProcess node) {
        inHand.merge(node, -1, Integer::sum);
    }

    /** Nobody listens there: out until the next poll. */
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
