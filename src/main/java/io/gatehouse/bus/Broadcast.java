package io.gatehouse.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells something to every live node, and hears from each that it is done. */
public final class Broadcast {
    private static final Logger LOG = LoggerFactory.getLogger(Broadcast.class);

    private final Vertx vertx;
    private final NodeDirectory directory;

    public Broadcast(Vertx vertx, NodeDirectory directory) {
        this.vertx = vertx;
        this.directory = directory;
    }

    /**
     * Asks every node at once.
     *
     * @param address the node's own address, from its id
     * @return the nodes that did not answer within the timeout; never fails
     */
    public Future<List<String>> tell(Function<String, String> address, Record message, Duration timeout) {
        List<String> nodes = directory.nodes();
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
        List<Future<Boolean>> answers = nodes.stream()
                .map(node -> vertx.eventBus()
                        .request(address.apply(node), message, options)
                        .map(true)
                        .otherwise(failure -> isNotListeningYet(failure) || late(node, message, failure)))
                .toList();
        return Future.all(answers)
                .map(all -> IntStream.range(0, nodes.size())
                        .filter(i -> !Objects.requireNonNull(answers.get(i).result()))
                        .mapToObj(nodes::get)
                        .toList());
    }

    /** A node that has no handler yet has nothing to forget, and reads the newest configuration before it serves. */
    private static boolean isNotListeningYet(Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
    }

    private static boolean late(String node, Record message, Throwable failure) {
        LOG.warn("node {} did not confirm {} in time: {}", node, message, failure.getMessage());
        return false;
    }
}
