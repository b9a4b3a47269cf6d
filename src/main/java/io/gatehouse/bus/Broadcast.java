package io.gatehouse.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a message to every node and collects the acknowledgements. */
public final class Broadcast {
    private static final Logger LOG = LoggerFactory.getLogger(Broadcast.class);

    private static final long RETRY_MILLIS = 50;
    /** Stands for the nodes outside this cluster while PostgreSQL does not return their names. */
    private static final String NON_MEMBERS = "non-members";

    private final Vertx vertx;
    private final NodeDirectory directory;
    private final Supplier<Future<List<String>>> activeNodes;

    /**
     * Reports late nodes that are not members of this cluster, too.
     *
     * @param activeNodes reads the nodes that are active, members or not; no message reaches those that are not
     */
    public Broadcast(Vertx vertx, NodeDirectory directory, Supplier<Future<List<String>>> activeNodes) {
        this.vertx = vertx;
        this.directory = directory;
        this.activeNodes = activeNodes;
    }

    /** Reports late members only. */
    public Broadcast(Vertx vertx, NodeDirectory directory) {
        this(vertx, directory, () -> Future.succeededFuture(List.of()));
    }

    /**
     * Sends the message to all nodes at the same time.
     *
     * @param address returns a node's own address from its id
     * @return the nodes that did not acknowledge it within the timeout, and those it cannot reach; never fails
     */
    public Future<List<String>> publish(Function<String, String> address, Record message, Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        List<String> nodes = directory.nodes();
        Future<List<String>> late = publish(nodes, address, message, deadlineNanos);
        Future<List<String>> others = activeNodes
                .get()
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .compose(all -> publishToOthers(
                        all.stream().filter(node -> !nodes.contains(node)).toList(), address, message, deadlineNanos))
                .otherwise(failure -> {
                    LOG.warn(
                            "The nodes outside this cluster are unknown; reporting {} as late: {}",
                            NON_MEMBERS,
                            failure.getMessage());
                    return List.of(NON_MEMBERS);
                });
        return late.compose(ofThese -> others.map(
                ofOthers -> Stream.concat(ofThese.stream(), ofOthers.stream()).toList()));
    }

    private Future<List<String>> publish(
            List<String> nodes, Function<String, String> address, Record message, long deadlineNanos) {
        List<Future<Boolean>> acknowledged = nodes.stream()
                .map(node -> send(node, address.apply(node), message, deadlineNanos)
                        .otherwise(failure -> late(node, message, failure)))
                .toList();
        return Future.all(acknowledged)
                .map(all -> IntStream.range(0, nodes.size())
                        .filter(i -> !Objects.requireNonNull(acknowledged.get(i).result()))
                        .mapToObj(nodes::get)
                        .toList());
    }

    /** A node that has joined since may have cached data from its previous cluster. No message reaches the rest. */
    private Future<List<String>> publishToOthers(
            List<String> others, Function<String, String> address, Record message, long deadlineNanos) {
        Map<Boolean, List<String>> byMembership =
                others.stream().collect(Collectors.partitioningBy(directory.nodes()::contains));
        return publish(Objects.requireNonNull(byMembership.get(true)), address, message, deadlineNanos)
                .map(late -> Stream.concat(late.stream(), Objects.requireNonNull(byMembership.get(false)).stream())
                        .toList());
    }

    private Future<Boolean> send(String node, String address, Record message, long deadlineNanos) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (left <= 0) {
            return Future.failedFuture("no handler is registered there");
        }
        return vertx.eventBus()
                .request(address, message, new DeliveryOptions().setSendTimeout(left))
                .map(true)
                .recover(failure -> hasNoHandler(failure)
                        ? needsNoMessage(node, left)
                                .compose(none -> none
                                        ? Future.succeededFuture(true)
                                        : pause().compose(again -> send(node, address, message, deadlineNanos)))
                        : Future.failedFuture(failure));
    }

    /**
     * Whether a node without a handler needs no message. A node that is starting needs none: it has cached nothing, and it
     * reads newer data once its handlers are registered (ADR 9). A node that has left needs none either, and is no longer in
     * PostgreSQL. Any other node registers its handler soon, or registers it again after the cluster has lost it.
     */
    private Future<Boolean> needsNoMessage(String node, long millis) {
        return directory.nodes().contains(node)
                ? isStarting(node, millis)
                : activeNodes.get().timeout(millis, TimeUnit.MILLISECONDS).map(nodes -> !nodes.contains(node));
    }

    private Future<Boolean> isStarting(String node, long millis) {
        return Future.fromCompletionStage(directory.isStarting(node), vertx.getOrCreateContext())
                .timeout(millis, TimeUnit.MILLISECONDS);
    }

    private Future<Void> pause() {
        Promise<Void> over = Promise.promise();
        vertx.setTimer(RETRY_MILLIS, timer -> over.complete());
        return over.future();
    }

    private static boolean hasNoHandler(Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
    }

    private boolean late(String node, Record message, Throwable failure) {
        LOG.warn(
                "A node did not acknowledge {} in time, node={}: {}",
                message,
                directory.label(node),
                failure.getMessage());
        return false;
    }
}
