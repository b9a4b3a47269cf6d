package io.gatehouse.faults;

import io.gatehouse.testing.Http;
import java.time.Duration;
import java.util.List;
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

    /** A node of those in, other than those already tried; of all when none is in, as the common ones do. */
    NodeProcess pick(SplittableRandom random, Set<NodeProcess> tried) {
        List<NodeProcess> candidates = nodes.stream()
                .filter(node -> !out.contains(node) && !tried.contains(node))
                .toList();
        if (candidates.isEmpty()) {
            candidates = nodes;
        }
        return candidates.get(random.nextInt(candidates.size()));
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
