package io.gatehouse.balancer;

import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host name whose addresses are asked for again whenever their time to live is over. What was known last counts until
 * something else is: a name server that is down takes nobody out.
 */
final class WatchedName implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedName.class);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration LONGEST_AFTER_FAILURE = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final NameResolver resolver;
    private final String name;
    private final Runnable changed;
    private final Promise<Void> first = Promise.promise();

    private volatile List<String> addresses = List.of();
    private volatile @Nullable String problem;
    private volatile boolean closed;
    private Duration afterFailure = SHORTEST;

    /** {@code changed} runs after every change of the addresses. */
    WatchedName(Vertx vertx, NameResolver resolver, String name, Runnable changed) {
        this.vertx = vertx;
        this.resolver = resolver;
        this.name = name;
        this.changed = changed;
    }

    /** Starts watching; completes when the name was asked for once, whatever came of it. */
    Future<Void> start() {
        ask();
        return first.future();
    }

    /** Sorted; empty as long as the name was never resolved. */
    List<String> addresses() {
        return addresses;
    }

    /** Why there are no addresses, or none newer; null when all is well. */
    @Nullable
    String problem() {
        return problem;
    }

    private void ask() {
        if (closed) {
            return;
        }
        resolver.resolve(name).onComplete(this::answered, this::failed);
    }

    private void answered(NameResolver.Answer answer) {
        List<String> sorted = answer.addresses().stream().distinct().sorted().toList();
        problem = null;
        afterFailure = SHORTEST;
        if (!sorted.equals(addresses)) {
            addresses = sorted;
            changed.run();
        }
        first.tryComplete();
        again(clamp(answer.timeToLive()));
    }

    private void failed(Throwable failure) {
        if (problem == null && !closed) {
            LOG.warn("target name {} was not resolved: {}", name, LogText.of(failure));
        }
        problem = LogText.of(failure);
        first.tryComplete();
        // Not all nodes at once when the name server comes back.
        again(afterFailure.plusMillis(ThreadLocalRandom.current().nextLong(afterFailure.toMillis() / 2)));
        Duration doubled = afterFailure.multipliedBy(2);
        afterFailure = doubled.compareTo(LONGEST_AFTER_FAILURE) < 0 ? doubled : LONGEST_AFTER_FAILURE;
    }

    private static Duration clamp(Duration timeToLive) {
        Duration atLeast = timeToLive.compareTo(SHORTEST) < 0 ? SHORTEST : timeToLive;
        return atLeast.compareTo(LONGEST) > 0 ? LONGEST : atLeast;
    }

    private void again(Duration later) {
        if (!closed) {
            vertx.setTimer(later.toMillis(), timer -> ask());
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
