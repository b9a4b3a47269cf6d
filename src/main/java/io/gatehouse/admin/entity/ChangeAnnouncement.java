package io.gatehouse.admin.entity;

import io.gatehouse.admin.AdminDependencies;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.AuditLog;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.WriteResult;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the answer to a write back until every node serves the change, or is known to be late. */
public final class ChangeAnnouncement {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeAnnouncement.class);
    /** The write is committed; an id names a node as well. */
    private static final long NAMES_MILLIS = 500;

    private final Propagation propagation;
    private final NodeDirectory nodes;
    private final ChangeStore names;
    private final LongSupplier catalogVersion;
    private final AdminMeters meters;

    public ChangeAnnouncement(AdminDependencies dependencies) {
        this.propagation = dependencies.propagation();
        this.nodes = dependencies.nodes();
        this.names = new ChangeStore(dependencies.database());
        this.catalogVersion = dependencies.catalogVersion();
        this.meters = new AdminMeters(dependencies.metrics());
    }

    Future<AdminResponse> announce(AdminRequest request, WriteResult written, AdminResponse answer) {
        long version = written.catalogVersion() > 0 ? written.catalogVersion() : catalogVersion.getAsLong();
        return tell(request, written).compose(late -> marked(answer, version, late));
    }

    /** Tells every node what others wrote, and may have told them already. */
    Future<AdminResponse> repeat(AdminRequest request, WriteResult written, AdminResponse answer) {
        return propagate(request, written).compose(late -> marked(answer, written.catalogVersion(), late));
    }

    /** Tells every node; answers those that are late. */
    Future<List<String>> tell(AdminRequest request, WriteResult written) {
        AuditLog.note(request, written);
        meters.written(request, written);
        boolean matters = written.catalogVersion() > 0 || !written.untrueFacts().isEmpty();
        return matters ? propagate(request, written) : Future.succeededFuture(List.of());
    }

    /** The answer with which version it is about and who may not know yet. */
    Future<AdminResponse> marked(AdminResponse answer, List<String> late) {
        return marked(answer, catalogVersion.getAsLong(), late);
    }

    private Future<AdminResponse> marked(AdminResponse answer, long version, List<String> late) {
        AdminResponse versioned = answer.with("X-Gatehouse-Catalog-Version", Long.toString(version));
        return late.isEmpty()
                ? Future.succeededFuture(versioned)
                : named(late).map(nodes -> versioned.with("X-Gatehouse-Late-Nodes", String.join(",", nodes)));
    }

    /** Puts what operators call a node before its id. */
    private Future<List<String>> named(List<String> ids) {
        return names.names(ids)
                .timeout(NAMES_MILLIS, TimeUnit.MILLISECONDS)
                .otherwise(Map.of())
                .map(known -> ids.stream()
                        .map(id -> known.containsKey(id) ? known.get(id) + "/" + id : id)
                        .toList());
    }

    /** The write is committed: whatever goes wrong now, the answer is that it was, and who may not know yet. */
    private Future<List<String>> propagate(AdminRequest request, WriteResult written) {
        Timer.Sample committed = meters.committed();
        try {
            return propagation
                    .announce(written)
                    .recover(failure -> unheard(request, failure))
                    .onSuccess(late -> {
                        meters.served(committed, late);
                        log(request, written, late);
                    });
        } catch (RuntimeException failure) {
            return unheard(request, failure);
        }
    }

    private Future<List<String>> unheard(AdminRequest request, Throwable failure) {
        LOG.error("[{}] a committed change could not be announced", request.id(), failure);
        return Future.succeededFuture(nodes.nodes());
    }

    private void log(AdminRequest request, WriteResult written, List<String> late) {
        if (!late.isEmpty()) {
            named(late)
                    .onSuccess(nodes -> LOG.warn(
                            "[{}] nodes late to serve version {}: {}", request.id(), written.catalogVersion(), nodes));
        }
    }
}
