package io.gatehouse.launch.node;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchFigures;
import io.gatehouse.bus.NodeFigures;
import io.gatehouse.config.Version;
import io.gatehouse.launch.status.NodeMetrics;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.traffic.TrafficTotals;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports the figures of this node to the admins, which show them in the console. */
final class FiguresReport {
    private static final Logger LOG = LoggerFactory.getLogger(FiguresReport.class);
    private static final double MILLIS_PER_SECOND = 1000;

    private final Vertx vertx;
    private final String name;
    private final NodeMetrics metrics;
    private final ChangeFeedFreshness contact;
    private final LongSupplier catalogVersion;

    /** {@code name} is the node name for operators. */
    FiguresReport(
            Vertx vertx, String name, NodeMetrics metrics, ChangeFeedFreshness contact, LongSupplier catalogVersion) {
        this.vertx = vertx;
        this.name = name;
        this.metrics = metrics;
        this.contact = contact;
        this.catalogVersion = catalogVersion;
    }

    Future<Void> register(String nodeId) {
        return vertx.eventBus()
                .<FetchFigures>consumer(Addresses.fetchFigures(nodeId), this::reply)
                .completion();
    }

    /** Adds up on a worker thread, because a configuration may have thousands of routes. */
    private void reply(Message<FetchFigures> message) {
        vertx.executeBlocking(this::read, false).onSuccess(message::reply).onFailure(failure -> {
            LOG.warn("The figures of this node cannot be read; the console shows it without them", failure);
            message.fail(Addresses.UNAVAILABLE, "the figures cannot be read");
        });
    }

    private NodeFigures read() {
        TrafficCounters counters = metrics.counters();
        TrafficTotals traffic = metrics.traffic().totals();
        return new NodeFigures(
                name,
                Version.current(),
                catalogVersion.getAsLong(),
                contact.age().toMillis() / MILLIS_PER_SECOND,
                counters.connectionsActive(),
                counters.requestsInFlight(),
                traffic.responses(),
                traffic.bounds(),
                traffic.durations(),
                lookups());
    }

    private Map<String, Long> lookups() {
        Map<String, Long> lookups = new TreeMap<>();
        for (Counter counter :
                metrics.registry().find("gatehouse.token.lookups").counters()) {
            lookups.merge(String.valueOf(counter.getId().getTag("outcome")), Math.round(counter.count()), Long::sum);
        }
        return lookups;
    }
}
