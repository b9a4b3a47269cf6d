package io.gatehouse.balancer;

import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves a host name again whenever the time to live of its addresses is over.
 *
 * <p><i>Invariant</i>: the addresses stay until others are resolved. The failure of a name server removes no target, also if it fails
 * for IPv4 or for IPv6 alone.
 *
 * <p><i>Threading</i>: {@code afterFailure} is used only in callbacks of the resolver, which has one thread.
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
    private volatile boolean failing;
    private volatile boolean closed;
    private Duration afterFailure = SHORTEST;

    /** {@code changed} runs after every change of the addresses. */
    WatchedName(Vertx vertx, NameResolver resolver, String name, Runnable changed) {
        this.vertx = vertx;
        this.resolver = resolver;
        this.name = name;
        this.changed = changed;
    }

    /** Begins to resolve the name. Completes after the first attempt, successful or not. */
    Future<Void> start() {
        resolve();
        return first.future();
    }

    /** Returns the addresses, sorted; empty until the name has been resolved. */
    List<String> addresses() {
        return addresses;
    }

    private void resolve() {
        if (closed) {
            return;
        }
        resolver.resolve(name).onComplete(this::resolved, this::failed);
    }

    private void resolved(NameResolver.Resolution resolution) {
        List<String> sorted =
                resolution.after(addresses).stream().distinct().sorted().toList();
        failing = false;
        afterFailure = SHORTEST;
        if (!sorted.equals(addresses)) {
            addresses = sorted;
            changed.run();
        }
        first.tryComplete();
        Duration valid = clamp(resolution.timeToLive());
        boolean isSooner = resolution.unanswered() != null && valid.compareTo(LONGEST_AFTER_FAILURE) > 0;
        resolveAfter(isSooner ? LONGEST_AFTER_FAILURE : valid);
    }

    private void failed(Throwable failure) {
        if (!failing && !closed) {
            LOG.warn("could not resolve target name {}, keeping its last addresses: {}", name, LogText.of(failure));
        }
        failing = true;
        first.tryComplete();
        // Random, so that not all nodes query a recovered name server at once.
        resolveAfter(afterFailure.plusMillis(ThreadLocalRandom.current().nextLong(afterFailure.toMillis() / 2)));
        Duration doubled = afterFailure.multipliedBy(2);
        afterFailure = doubled.compareTo(LONGEST_AFTER_FAILURE) < 0 ? doubled : LONGEST_AFTER_FAILURE;
    }

    private static Duration clamp(Duration timeToLive) {
        Duration atLeast = timeToLive.compareTo(SHORTEST) < 0 ? SHORTEST : timeToLive;
        return atLeast.compareTo(LONGEST) > 0 ? LONGEST : atLeast;
    }

    private void resolveAfter(Duration later) {
        if (!closed) {
            vertx.setTimer(later.toMillis(), timer -> resolve());
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
