package io.gatehouse.admin.live;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchFigures;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.bus.NodeFigures;
import io.gatehouse.syntax.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the counters of all nodes periodically, and keeps what they show of the last 15 minutes. There is one for all streams.
 *
 * <p><i>Threading</i>: used by one event loop.
 */
final class Sampler {
    /** How often the counters are read. */
    static final Duration PERIOD = Duration.ofSeconds(2);
    /** How long a sample is kept. */
    private static final Duration KEPT = Duration.ofMinutes(15);
    /** The first members of a larger cluster are shown. */
    private static final int MAX_NODES = 256;
    /** A node that takes longer is shown as late. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final NodeDirectory directory;
    private final DeliveryOptions options = new DeliveryOptions().setSendTimeout(TIMEOUT.toMillis());
    /** The oldest first. */
    private final Deque<Kept> samples = new ArrayDeque<>();

    private Map<String, NodeFigures> read = Map.of();
    private long readNanos;
    private boolean isReading;

    Sampler(Vertx vertx, NodeDirectory directory) {
        this.vertx = vertx;
        this.directory = directory;
    }

    /** A sample in JSON, and when it ended. */
    private record Kept(String sample, long nanos) {}

    /** Whether a sample would be of half of {@link #PERIOD} at least. A shorter one would show single requests as high rates. */
    boolean isDue() {
        return read.isEmpty() || System.nanoTime() - readNanos >= PERIOD.toNanos() / 2;
    }

    /** Returns the kept samples as a JSON array. */
    String history() {
        return samples.stream().map(Kept::sample).collect(Collectors.joining(",", "[", "]"));
    }

    /**
     * Reads the counters of every node.
     *
     * @param consumer receives the new sample as a JSON array, which is empty after the first read, and the nodes as a JSON array. It is not
     *     called if the last read is pending.
     * @return false if the last read is pending
     */
    boolean read(Consumer<Read> consumer) {
        if (isReading) {
            return false;
        }
        isReading = true;
        List<String> nodes = directory.nodes().stream().limit(MAX_NODES).toList();
        List<Future<@Nullable NodeFigures>> replies =
                nodes.stream().map(this::request).toList();
        Future.all(replies).onComplete(done -> {
            isReading = false;
            Map<String, @Nullable NodeFigures> figures = new LinkedHashMap<>();
            for (int i = 0; i < nodes.size(); i++) {
                figures.put(nodes.get(i), replies.get(i).result());
            }
            consumer.accept(new Read(sample(present(figures)), Json.write(NodeList.of(figures))));
        });
        return true;
    }

    /** Holds the result of a read, in JSON. */
    record Read(String samples, String nodes) {}

    private Future<@Nullable NodeFigures> request(String node) {
        return vertx.eventBus()
                .<NodeFigures>request(Addresses.fetchFigures(node), new FetchFigures(), options)
                .<@Nullable NodeFigures>map(reply -> reply.body())
                .otherwiseEmpty();
    }

    private static Map<String, NodeFigures> present(Map<String, @Nullable NodeFigures> figures) {
        Map<String, NodeFigures> present = new LinkedHashMap<>();
        figures.forEach((node, its) -> {
            if (its != null) {
                present.put(node, its);
            }
        });
        return present;
    }

    private String sample(Map<String, NodeFigures> figures) {
        Map<String, NodeFigures> before = read;
        long beforeNanos = readNanos;
        read = figures;
        readNanos = System.nanoTime();
        if (before.isEmpty()) {
            return "[]";
        }
        double seconds = (double) (readNanos - beforeNanos) / TimeUnit.SECONDS.toNanos(1);
        String sample = Json.write(Sample.between(before, figures, seconds, System.currentTimeMillis())
                .shown());
        samples.addLast(new Kept(sample, readNanos));
        while (readNanos - samples.getFirst().nanos() > KEPT.toNanos()) {
            samples.removeFirst();
        }
        return "[" + sample + "]";
    }
}
