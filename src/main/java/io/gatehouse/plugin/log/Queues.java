package io.gatehouse.plugin.log;

import io.gatehouse.entity.Plugin;
import io.gatehouse.schema.Document;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the queue of each configured plugin of one name while its configuration is the same.
 *
 * <p>A handler refers to its queue, and so does a timer or a batch. The queue of a deleted plugin is collected once it is empty.
 *
 * <p><i>Threading</i>: safe for every thread.
 *
 * @param <E> an entry of the queues
 */
public final class Queues<E> {
    /** A file or standard output that blocks takes threads of the logs, and none that a request waits for. */
    private static final int THREADS = 4;

    private final Vertx vertx;
    private final LogBudget budget;
    private final WorkerExecutor workers;
    private final String name;
    private final Function<Document, LogQueue.Sender<E>> senders;
    private final LogMeters meters;
    private final Map<UUID, Kept<E>> kept = new HashMap<>();

    private record Kept<E>(Document config, WeakReference<LogQueue<E>> queue) {}

    /**
     * Creates the queues of a plugin.
     *
     * @param budget of the queues of all plugins of the node
     * @param name of the plugin
     * @param senders creates the sender of a configuration
     */
    public Queues(
            Vertx vertx,
            MeterRegistry registry,
            LogBudget budget,
            String name,
            Function<Document, LogQueue.Sender<E>> senders) {
        this.vertx = vertx;
        this.budget = budget;
        // All plugins share the threads of this name.
        this.workers = vertx.createSharedWorkerExecutor("gatehouse-logs", THREADS);
        this.name = name;
        this.senders = senders;
        this.meters = new LogMeters(registry, name);
    }

    /** Fails each batch while the field is empty, because its reference to a vault has no secret on this node. */
    public static <E> Function<Document, LogQueue.Sender<E>> withSecret(
            String field, Function<Document, LogQueue.Sender<E>> senders) {
        return config -> config.string(field).isEmpty()
                ? batch -> Future.failedFuture("the reference in " + field + " has no secret on this node")
                : senders.apply(config);
    }

    /** Returns the queue of a configured plugin. */
    public synchronized LogQueue<E> of(Plugin plugin) {
        Kept<E> before = kept.get(plugin.id());
        LogQueue<E> queue = before == null || !before.config().equals(plugin.config())
                ? null
                : before.queue().get();
        if (queue == null) {
            kept.values().removeIf(each -> each.queue().get() == null);
            queue = newQueue(plugin);
            kept.put(plugin.id(), new Kept<>(plugin.config(), new WeakReference<>(queue)));
        }
        return queue;
    }

    private LogQueue<E> newQueue(Plugin plugin) {
        Document config = plugin.config();
        @Nullable Object queue = config.get("queue");
        QueueSettings settings = queue == null ? QueueSettings.DEFAULT : QueueSettings.of(config);
        return new LogQueue<>(
                vertx, workers, name + " " + plugin.id(), settings, senders.apply(config), meters, budget);
    }
}
