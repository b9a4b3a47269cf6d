package io.gatehouse.plugin.log;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.schema.Document;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Creates the factories of the logging plugins. One for each node. */
public final class LogPlugins {
    /** A file or standard output that blocks takes threads of the logs, and none that a request waits for. */
    private static final int THREADS = 4;

    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final MeterRegistry registry;
    private final List<Path> directories;
    private final Path syslog;
    private final LogBudget budget;

    /**
     * Creates the plugins of a node.
     *
     * @param directories below which {@code file-log} may write
     * @param syslog the socket of the machine's syslog daemon
     */
    public LogPlugins(Vertx vertx, MeterRegistry registry, List<Path> directories, Path syslog) {
        this(
                vertx,
                registry,
                directories,
                syslog,
                new LogBudget(LogBudget.maxBytes(Runtime.getRuntime().maxMemory())));
    }

    LogPlugins(Vertx vertx, MeterRegistry registry, List<Path> directories, Path syslog, LogBudget budget) {
        this.vertx = vertx;
        this.workers = vertx.createSharedWorkerExecutor("gatehouse-logs", THREADS);
        this.registry = registry;
        this.directories = List.copyOf(directories);
        this.syslog = syslog;
        this.budget = budget;
    }

    /** Returns the factories by plugin name. */
    public Map<String, PluginFactory> factories() {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions().setKeepAliveTimeout(60));
        // One for all, because a plugin that is deleted could not close its own.
        DatagramSocket datagrams = vertx.createDatagramSocket();
        return Map.of(
                "http-log",
                factory("http-log", withSecret("http_endpoint", config -> new HttpSender(client, config))),
                "file-log",
                factory("file-log", config -> new FileSender(directories, config)),
                "tcp-log",
                factory("tcp-log", config -> TcpSender.ofMessages(vertx, config)),
                "udp-log",
                factory("udp-log", config -> udp(datagrams, config, UdpSender::json)),
                "loggly",
                factory("loggly", withSecret("key", config -> udp(datagrams, config, LogglyFormat.of(config)))),
                "syslog",
                factory("syslog", config -> new SyslogSender(syslog, SyslogFormat.of(config))),
                "statsd",
                factory("statsd", config -> statsd(datagrams, config)),
                "datadog",
                factory(
                        "datadog",
                        withSecret("host", config -> metrics(datagrams, config, new DatadogFormat(config)::lines, 0))));
    }

    private static LogQueue.Sender udp(
            DatagramSocket socket, Document config, Function<FinishedRequest, Buffer> format) {
        return new UdpSender(socket, config, batch -> Datagram.each(batch, format));
    }

    private LogQueue.Sender statsd(DatagramSocket socket, Document config) {
        Function<FinishedRequest, List<String>> lines = new StatsdFormat(config)::lines;
        return config.flag("use_tcp")
                ? TcpSender.ofMetrics(vertx, config, lines)
                : metrics(socket, config, lines, (int) config.integer("udp_packet_size"));
    }

    private static LogQueue.Sender metrics(
            DatagramSocket socket, Document config, Function<FinishedRequest, List<String>> lines, int size) {
        return new UdpSender(socket, config, batch -> Datagram.combined(batch, lines, size));
    }

    /** Fails each batch while the field is empty, because its reference to a vault has no secret on this node. */
    private static Function<Document, LogQueue.Sender> withSecret(
            String field, Function<Document, LogQueue.Sender> senders) {
        return config -> config.string(field).isEmpty()
                ? batch -> Future.failedFuture("the reference in " + field + " has no secret on this node")
                : senders.apply(config);
    }

    private PluginFactory factory(String plugin, Function<Document, LogQueue.Sender> senders) {
        return new Queues(plugin, senders, new LogMeters(registry, plugin));
    }

    /**
     * Keeps the queue of each configured plugin while its configuration is the same.
     *
     * <p>A handler refers to its queue, and so does a timer or a batch. The queue of a deleted plugin is collected once it is empty.
     */
    private final class Queues implements PluginFactory {
        private final String name;
        private final Function<Document, LogQueue.Sender> senders;
        private final LogMeters meters;
        private final Map<UUID, Kept> kept = new HashMap<>();

        private record Kept(Document config, WeakReference<LogQueue> queue) {}

        Queues(String name, Function<Document, LogQueue.Sender> senders, LogMeters meters) {
            this.name = name;
            this.senders = senders;
            this.meters = meters;
        }

        @Override
        public synchronized LoggingHandler create(Plugin plugin, Catalog catalog) {
            Kept before = kept.get(plugin.id());
            LogQueue queue = before == null || !before.config().equals(plugin.config())
                    ? null
                    : before.queue().get();
            if (queue == null) {
                kept.values().removeIf(each -> each.queue().get() == null);
                queue = newQueue(plugin);
                kept.put(plugin.id(), new Kept(plugin.config(), new WeakReference<>(queue)));
            }
            return new LoggingHandler(queue);
        }

        private LogQueue newQueue(Plugin plugin) {
            Document config = plugin.config();
            @Nullable Object queue = config.get("queue");
            QueueSettings settings = queue == null ? QueueSettings.DEFAULT : QueueSettings.of(config.record("queue"));
            return new LogQueue(
                    vertx, workers, name + " " + plugin.id(), settings, senders.apply(config), meters, budget);
        }
    }
}
