package io.gatehouse.changes;

import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.Changes;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.NodeCaches;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the change feed, evicts cached state that is invalid, and keeps {@link ChangeFeedFreshness}. One instance per node.
 *
 * <p>The feed delivers every committed change, also if the message about it was lost.
 *
 * <p><i>Why</i>: while PostgreSQL is down, no node can write, so cached state stays valid. A partitioned node sees the same
 * failure. It trusts its cache only while every node that could write at the last read is a member of its cluster, because any
 * of those nodes would publish its writes to it.
 *
 * <p><i>Threading</i>: runs on its own context. {@link #pollNow} and {@link #nonMembers} are safe from any thread.
 */
public final class ChangeFeed extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);

    private final ChangeSource source;
    private final NodeDirectory directory;
    private final ChangeFeedFreshness freshness;
    private final NodeCaches caches;
    private final Consumer<Changes> catalog;

    private @Nullable String epoch;
    private @Nullable String until;
    private long newestCatalog;
    private List<String> writers = List.of();
    private Future<?> read = Future.succeededFuture();
    private boolean pollAgain;
    private boolean leaving;
    private Set<String> nonMembers = Set.of();
    private volatile int nonMemberCount;

    /**
     * Creates the feed of a node.
     *
     * @param catalog receives each reply, for the version and the epoch in it
     */
    public ChangeFeed(
            ChangeSource source,
            NodeDirectory directory,
            ChangeFeedFreshness freshness,
            NodeCaches caches,
            Consumer<Changes> catalog) {
        this.source = source;
        this.directory = directory;
        this.freshness = freshness;
        this.caches = caches;
        this.catalog = catalog;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(ClusterTimings.FEED_PERIOD.toMillis(), timer -> poll());
        poll();
        return Future.succeededFuture();
    }

    /** Deregisters the node once its last read is complete: a later read would register it again. */
    @Override
    public Future<?> stop() {
        leaving = true;
        return read.eventually(source::leave);
    }

    /** Reads the feed now instead of at the next period. Safe from any thread. */
    public void pollNow() {
        // PostgreSQL may notify this node before the feed is deployed. The feed reads at its start.
        if (context != null) {
            context.runOnContext(now -> poll());
        }
    }

    /**
     * The number of nodes that write to PostgreSQL but are not members: the cluster is partitioned, or they found no member.
     */
    public int nonMembers() {
        return nonMemberCount;
    }

    /** Reads once at a time. A poll during a read starts another read after it. */
    private void poll() {
        if (leaving) {
            return;
        }
        if (!read.isComplete()) {
            pollAgain = true;
            return;
        }
        pollAgain = false;
        long started = System.nanoTime();
        Promise<Void> done = Promise.promise();
        read = done.future();
        source.since(until)
                .onComplete((changes, failure) -> context.runOnContext(ignored -> {
                    if (failure == null) {
                        received(changes, started);
                    } else {
                        missed(failure);
                    }
                    done.complete();
                    if (pollAgain) {
                        poll();
                    }
                }));
    }

    private void invalidate(Changes changes) {
        boolean isOtherHistory = epoch != null && !changes.epoch().equals(epoch);
        if (isOtherHistory || changes.catalogVersion() < newestCatalog) {
            LOG.warn("The database was restored or failed over; evicting every cached credential state");
            caches.invalidateAll();
        } else if (!changes.isAll()) {
            LOG.info("Too many changes to list; evicting every cached credential state");
            caches.invalidateAll();
        } else if (!changes.invalidated().isEmpty()) {
            caches.invalidate(changes.invalidated());
        }
    }

    private void received(Changes changes, long started) {
        invalidate(changes);
        epoch = changes.epoch();
        until = changes.until();
        newestCatalog = changes.catalogVersion();
        writers = changes.writers();
        freshness.receivedUntil(started);
        freshness.databaseTimeIs(changes.epochMillis());
        compareNodes();
        catalog.accept(changes);
    }

    private void compareNodes() {
        Set<String> missing = new HashSet<>(writers);
        directory.nodes().forEach(missing::remove);
        if (!missing.equals(nonMembers)) {
            if (!missing.isEmpty()) {
                LOG.warn(
                        "Nodes write to this database but are not members of this cluster; their changes arrive late, nodes={}",
                        missing);
            }
            nonMembers = missing;
            nonMemberCount = missing.size();
        }
    }

    private void missed(Throwable failure) {
        LOG.debug("The change feed was not read: {}", failure.getMessage());
        if (failure instanceof ChangeSource.DatabaseUnreachable
                && directory.nodes().containsAll(writers)) {
            freshness.nothingChangedUntil(System.nanoTime() - ClusterTimings.MEMBERSHIP_AGE.toNanos());
        }
    }
}
