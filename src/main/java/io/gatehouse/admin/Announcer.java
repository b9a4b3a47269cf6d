package io.gatehouse.admin;

import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.store.Written;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the answer to a write back until every node serves the change, or is known to be late. */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final Propagation propagation;
    private final NodeDirectory nodes;
    private final LongSupplier catalogVersion;

    Announcer(AdminDependencies dependencies) {
        this.propagation = dependencies.propagation();
        this.nodes = dependencies.nodes();
        this.catalogVersion = dependencies.catalogVersion();
    }

    Future<Answer> announce(AdminRequest request, Written written, Answer answer) {
        boolean matters = written.catalogVersion() > 0 || !written.untrueFacts().isEmpty();
        Future<List<String>> late = matters ? propagate(request, written) : Future.succeededFuture(List.of());
        return late.map(names -> {
            long version = written.catalogVersion() > 0 ? written.catalogVersion() : catalogVersion.getAsLong();
            Answer versioned = answer.with("X-Gatehouse-Catalog-Version", Long.toString(version));
            if (names.isEmpty()) {
                return versioned;
            }
            LOG.warn("[{}] nodes late to serve version {}: {}", request.id(), version, names);
            return versioned.with("X-Gatehouse-Late-Nodes", String.join(",", names));
        });
    }

    /** The write is committed: whatever goes wrong now, the answer is that it was, and who may not know yet. */
    private Future<List<String>> propagate(AdminRequest request, Written written) {
        try {
            return propagation.announce(written).recover(failure -> unheard(request, failure));
        } catch (RuntimeException failure) {
            return unheard(request, failure);
        }
    }

    private Future<List<String>> unheard(AdminRequest request, Throwable failure) {
        LOG.error("[{}] a committed change could not be announced", request.id(), failure);
        return Future.succeededFuture(nodes.nodes());
    }
}
