package io.gatehouse.plugin.log;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.schema.Document;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Creates the factories of the logging plugins. One for each node. */
public final class LogPlugins {
    private final Vertx vertx;
    private final MeterRegistry registry;
    private final List<Path> directories;
    private final Path syslog;
    private final LogBudget budget;

    /**
     * Creates the plugins of a node.
     *
     * @param directories below which {@code file-log} may write
     * @param syslog the socket of the machine's syslog daemon
     * @param budget of the queues, shared with other plugins that queue
     */
    public LogPlugins(Vertx vertx, MeterRegistry registry, List<Path> directories, Path syslog, LogBudget budget) {
        this.vertx = vertx;
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
                factory(
                        "http-log",
                        Queues.withSecret("http_endpoint", config -> HttpSender.ofMessages(client, config))),
                "file-log",
                factory("file-log", config -> new FileSender(directories, config)),
                "tcp-log",
                factory("tcp-log", config -> TcpSender.ofMessages(vertx, config)),
                "udp-log",
                factory("udp-log", config -> udp(datagrams, config, UdpSender::json)),
                "loggly",
                factory("loggly", Queues.withSecret("key", config -> udp(datagrams, config, LogglyFormat.of(config)))),
                "syslog",
                factory("syslog", config -> new SyslogSender(syslog, SyslogFormat.of(config))),
                "statsd",
                factory("statsd", config -> statsd(datagrams, config)),
                "datadog",
                factory(
                        "datadog",
                        Queues.withSecret(
                                "host", config -> metrics(datagrams, config, new DatadogFormat(config)::lines, 0))));
    }

    private static LogQueue.Sender<FinishedRequest> udp(
            DatagramSocket socket, Document config, Function<FinishedRequest, Buffer> format) {
        return new UdpSender(socket, config, batch -> Datagram.each(batch, format));
    }

    private LogQueue.Sender<FinishedRequest> statsd(DatagramSocket socket, Document config) {
        Function<FinishedRequest, List<String>> lines = new StatsdFormat(config)::lines;
        return config.flag("use_tcp")
                ? TcpSender.ofMetrics(vertx, config, lines)
                : metrics(socket, config, lines, (int) config.integer("udp_packet_size"));
    }

    private static LogQueue.Sender<FinishedRequest> metrics(
            DatagramSocket socket, Document config, Function<FinishedRequest, List<String>> lines, int size) {
        return new UdpSender(socket, config, batch -> Datagram.combined(batch, lines, size));
    }

    private PluginFactory factory(String plugin, Function<Document, LogQueue.Sender<FinishedRequest>> senders) {
        Queues<FinishedRequest> queues = new Queues<>(vertx, registry, budget, plugin, senders);
        return (Plugin configured, Catalog catalog) -> new LoggingHandler(queues.of(configured));
    }
}
