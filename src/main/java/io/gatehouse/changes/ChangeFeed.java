package io.gatehouse.changes;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.credential.Changes;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.NodeCaches;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears every change in the end, whatever became of the message about it: asks each second what changed, forgets what is no
 * longer true, and keeps {@link ChangeFeedFreshness}. One for each node.
 *
 * <p>While PostgreSQL is down nobody can change anything, so what is remembered stays true; but a node on the wrong side of
 * a split sees the same. The difference is who is there: as long as every node that could write at the last contact is in
 * this node's cluster, whoever still can tells it what became untrue.
 */
public final class ChangeFeed extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    /** A member that is gone is believed to be there for so long: ten seconds without a heartbeat, one of which is due every two. */
    private static final Duration MEMBERSHIP_AGE = Duration.ofSeconds(12);
    /**
     * What is remembered has to count for so long, or it would not while PostgreSQL is down: what a node knows then is as old
     * as what it knows of who is there, and the last question and its answer come on top.
     */
    public static final Duration LEAST_MAX_STALE =
            MEMBERSHIP_AGE.plus(PERIOD).plusMillis(Addresses.CHANGES_TIMEOUT_MILLIS);

    private final ChangeSource source;
    private final NodeDirectory directory;
    private final ChangeFeedFreshness contact;
    private final NodeCaches caches;
    private final Consumer<Changes> catalog;

    private @Nullable String epoch;
    private @Nullable String until;
    private long newestCatalog;
    private List<String> writers = List.of();
    private Future<?> question = Future.succeededFuture();
    private boolean askAgain;
    private boolean leaving;
    private Set<String> nonMembers = Set.of();
    private volatile int nonMemberCount;

    /** {@code catalog} receives each reply, for the version and the epoch in it. */
    public ChangeFeed(
            ChangeSource source,
            NodeDirectory directory,
            ChangeFeedFreshness contact,
            NodeCaches caches,
            Consumer<Changes> catalog) {
        this.source = source;
        this.directory = directory;
        this.contact = contact;
        this.caches = caches;
        this.catalog = catalog;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(PERIOD.toMillis(), timer -> ask());
        ask();
        return Future.succeededFuture();
    }

    /** The last thing the others hear of this node, so no question may come after it. */
    @Override
    public Future<?> stop() {
        leaving = true;
        return question.eventually(source::leave);
    }

    /** Asks now rather than in a moment; safe from any thread. */
    public void hurry() {
        // PostgreSQL may have notified this node before it began to follow; then it asks on its own in a moment.
        if (context != null) {
            context.runOnContext(now -> ask());
        }
    }

    /** Nodes that write to PostgreSQL but are not in this node's cluster: there is a split, or they found nobody. */
    public int nonMembers() {
        return nonMemberCount;
    }

    /** One question at a time; whoever asks while one is under way gets the one after it. */
    private void ask() {
        if (leaving) {
            return;
        }
        if (!question.isComplete()) {
            askAgain = true;
            return;
        }
        askAgain = false;
        long started = System.nanoTime();
        Promise<Void> answered = Promise.promise();
        question = answered.future();
        source.since(until)
                .onComplete((changes, failure) -> context.runOnContext(ignored -> {
                    if (failure == null) {
                        received(changes, started);
                    } else {
                        missed(failure);
                    }
                    answered.complete();
                    if (askAgain) {
                        ask();
                    }
                }));
    }

    private void invalidate(Changes changes) {
        boolean isOtherHistory = epoch != null && !changes.epoch().equals(epoch);
        if (isOtherHistory || changes.catalogVersion() < newestCatalog) {
            LOG.warn("The database was restored or failed over; every cached token state is dropped");
            caches.invalidateAll();
        } else if (!changes.isAll()) {
            LOG.info("too much changed to say what: everything remembered of tokens is forgotten");
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
        contact.receivedUntil(started);
        contact.databaseTimeIs(changes.epochMillis());
        compareNodes();
        catalog.accept(changes);
    }

    private void compareNodes() {
        Set<String> missing = new HashSet<>(writers);
        directory.nodes().forEach(missing::remove);
        if (!missing.equals(nonMembers)) {
            if (!missing.isEmpty()) {
                LOG.warn(
                        "nodes {} use the same database but are not in this cluster: what they do is heard of late",
                        missing);
            }
            nonMembers = missing;
            nonMemberCount = missing.size();
        }
    }

    private void missed(Throwable failure) {
        LOG.debug("cannot hear what changed: {}", failure.getMessage());
        if (failure instanceof ChangeSource.TruthUnreachable
                && directory.nodes().containsAll(writers)) {
            contact.nothingChangedUntil(System.nanoTime() - MEMBERSHIP_AGE.toNanos());
        }
    }
}
