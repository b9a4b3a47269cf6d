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

/** Tells something to every live node, and hears from each that it is done. */
public final class Broadcast {
    private static final Logger LOG = LoggerFactory.getLogger(Broadcast.class);

    private static final long RETRY_MILLIS = 50;
    /** Stands for nodes whose names nobody can tell now. */
    private static final String NON_MEMBERS = "non-members";

    private final Vertx vertx;
    private final NodeDirectory directory;
    private final Supplier<Future<List<String>>> atWork;

    /**
     * For a caller that names the late ones.
     *
     * @param atWork the nodes known to be at work, in this cluster or elsewhere: to those elsewhere no message gets
     */
    public Broadcast(Vertx vertx, NodeDirectory directory, Supplier<Future<List<String>>> atWork) {
        this.vertx = vertx;
        this.directory = directory;
        this.atWork = atWork;
    }

    /** To the nodes of this cluster. */
    public Broadcast(Vertx vertx, NodeDirectory directory) {
        this(vertx, directory, () -> Future.succeededFuture(List.of()));
    }

    /**
     * Asks every node at once.
     *
     * @param address the node's own address, from its id
     * @return the nodes that did not answer within the timeout, and those out of reach; never fails
     */
    public Future<List<String>> publish(Function<String, String> address, Record message, Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        List<String> nodes = directory.nodes();
        Future<List<String>> late = publish(nodes, address, message, deadlineNanos);
        Future<List<String>> others = atWork.get()
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .compose(all -> publishToOthers(
                        all.stream().filter(node -> !nodes.contains(node)).toList(), address, message, deadlineNanos))
                .otherwise(failure -> {
                    LOG.warn("cannot tell which nodes are elsewhere: {}", failure.getMessage());
                    return List.of(NON_MEMBERS);
                });
        return late.compose(ofThese -> others.map(
                ofOthers -> Stream.concat(ofThese.stream(), ofOthers.stream()).toList()));
    }

    private Future<List<String>> publish(
            List<String> nodes, Function<String, String> address, Record message, long deadlineNanos) {
        List<Future<Boolean>> answers = nodes.stream()
                .map(node -> ask(node, address.apply(node), message, deadlineNanos)
                        .otherwise(failure -> late(node, message, failure)))
                .toList();
        return Future.all(answers)
                .map(all -> IntStream.range(0, nodes.size())
                        .filter(i -> !Objects.requireNonNull(answers.get(i).result()))
                        .mapToObj(nodes::get)
                        .toList());
    }

    /** Those who came meanwhile may remember what they knew where they were before; no message gets to the rest. */
    private Future<List<String>> publishToOthers(
            List<String> others, Function<String, String> address, Record message, long deadlineNanos) {
        Map<Boolean, List<String>> cameMeanwhile =
                others.stream().collect(Collectors.partitioningBy(directory.nodes()::contains));
        return publish(Objects.requireNonNull(cameMeanwhile.get(true)), address, message, deadlineNanos)
                .map(late -> Stream.concat(late.stream(), Objects.requireNonNull(cameMeanwhile.get(false)).stream())
                        .toList());
    }

    private Future<Boolean> ask(String node, String address, Record message, long deadlineNanos) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (left <= 0) {
            return Future.failedFuture("nobody listens there");
        }
        return vertx.eventBus()
                .request(address, message, new DeliveryOptions().setSendTimeout(left))
                .map(true)
                .recover(failure -> isNotListening(failure)
                        ? needsNoMessage(node, left)
                                .compose(none -> none
                                        ? Future.succeededFuture(true)
                                        : pause().compose(again -> ask(node, address, message, deadlineNanos)))
                        : Future.failedFuture(failure));
    }

    /**
     * A node without a handler may be one that has not begun to listen: it has remembered and read nothing, and what it reads
     * once it listens is newer than what it would be told, so nobody waits for it (ADR 9). Or it has left, and said so to
     * PostgreSQL. Otherwise it listens in a moment, or the cluster lost its handler with the members that kept it, and it says
     * so again in a moment.
     */
    private Future<Boolean> needsNoMessage(String node, long millis) {
        return directory.nodes().contains(node)
                ? isStarting(node, millis)
                : atWork.get().timeout(millis, TimeUnit.MILLISECONDS).map(nodes -> !nodes.contains(node));
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

    private static boolean isNotListening(Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
    }

    private static boolean late(String node, Record message, Throwable failure) {
        LOG.warn("node {} did not confirm {} in time: {}", node, message, failure.getMessage());
        return false;
    }
}
