package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.AuditLog;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.Database;
import io.gatehouse.store.entity.WriteResult;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a committed write and delays its response until every node serves it.
 *
 * <p><i>Invariant</i>: the write is committed, so no failure of the publication fails the response. Late nodes are named in
 * {@code X-Gatehouse-Late-Nodes}.
 */
public final class WritePublisher {
    private static final Logger LOG = LoggerFactory.getLogger(WritePublisher.class);
    /** The deadline of the query for the nodes' names. */
    private static final long NAMES_MILLIS = 500;

    private final Function<WriteResult, Future<List<String>>> publish;
    private final NodeDirectory nodes;
    private final ChangeStore names;
    private final LongSupplier catalogVersion;
    private final AdminMeters meters;

    /**
     * @param publish makes every node serve a write; completes in bounded time with the late nodes
     * @param catalogVersion the version of the configuration that this node serves
     */
    public WritePublisher(
            Function<WriteResult, Future<List<String>>> publish,
            NodeDirectory nodes,
            Database database,
            LongSupplier catalogVersion,
            MeterRegistry metrics) {
        this.publish = publish;
        this.nodes = nodes;
        this.names = new ChangeStore(database);
        this.catalogVersion = catalogVersion;
        this.meters = new AdminMeters(metrics);
    }

    /** Audits and publishes a write; completes with its response once every node serves it or is late. */
    Future<AdminResponse> publish(AdminRequest request, WriteResult written, AdminResponse response) {
        long version = written.catalogVersion() > 0 ? written.catalogVersion() : catalogVersion.getAsLong();
        return publish(request, written).compose(late -> marked(response, version, late));
    }

    /**
     * Audits the writes of one transaction and publishes their effects, which are the same in all of them, once.
     *
     * @param written at least one
     */
    Future<AdminResponse> publishAll(AdminRequest request, List<WriteResult> written, AdminResponse response) {
        written.stream().skip(1).forEach(one -> noted(request, one));
        return publish(request, written.get(0), response);
    }

    /** Publishes again what other requests wrote, for a repeated DELETE whose first attempt may have died before publishing. */
    Future<AdminResponse> republish(AdminRequest request, WriteResult written, AdminResponse response) {
        return propagate(request, written).compose(late -> marked(response, written.catalogVersion(), late));
    }

    /** Audits and publishes a write; completes with the late nodes. */
    Future<List<String>> publish(AdminRequest request, WriteResult written) {
        noted(request, written);
        boolean matters = written.catalogVersion() > 0 || !written.invalidated().isEmpty();
        return matters ? propagate(request, written) : Future.succeededFuture(List.of());
    }

    private void noted(AdminRequest request, WriteResult written) {
        AuditLog.note(request, written);
        meters.written(request, written);
    }

    /** Adds the version of the configuration and the names of the late nodes to a response. */
    Future<AdminResponse> marked(AdminResponse response, List<String> late) {
        return marked(response, catalogVersion.getAsLong(), late);
    }

    private Future<AdminResponse> marked(AdminResponse response, long version, List<String> late) {
        AdminResponse versioned = response.with("X-Gatehouse-Catalog-Version", Long.toString(version));
        return late.isEmpty()
                ? Future.succeededFuture(versioned)
                : named(late).map(labels -> versioned.with("X-Gatehouse-Late-Nodes", String.join(",", labels)));
    }

    /** Puts the operators' name of a node before its id. */
    private Future<List<String>> named(List<String> ids) {
        return names.names(ids)
                .timeout(NAMES_MILLIS, TimeUnit.MILLISECONDS)
                .otherwise(Map.of())
                .map(known -> ids.stream()
                        .map(id -> known.containsKey(id) ? known.get(id) + "/" + id : id)
                        .toList());
    }

    private Future<List<String>> propagate(AdminRequest request, WriteResult written) {
        Timer.Sample committed = meters.committed();
        try {
            return publish.apply(written)
                    .recover(failure -> unpublished(request, failure))
                    .onSuccess(late -> {
                        meters.served(committed, late);
                        log(request, written, late);
                    });
        } catch (RuntimeException failure) {
            return unpublished(request, failure);
        }
    }

    private Future<List<String>> unpublished(AdminRequest request, Throwable failure) {
        LOG.error("[{}] Could not publish a committed change", request.id(), failure);
        return Future.succeededFuture(nodes.nodes());
    }

    private void log(AdminRequest request, WriteResult written, List<String> late) {
        if (!late.isEmpty()) {
            named(late)
                    .onSuccess(labels -> LOG.warn(
                            "[{}] Nodes did not acknowledge version {} in time: {}",
                            request.id(),
                            written.catalogVersion(),
                            labels));
        }
    }
}
