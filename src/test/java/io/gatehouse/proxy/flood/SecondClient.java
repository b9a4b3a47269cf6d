package io.gatehouse.proxy.flood;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Calls a node at a steady rate while others flood it, and measures how long each response takes. */
final class SecondClient implements AutoCloseable {
    private static final long EVERY_MILLIS = 25;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Queue<Long> micros = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<?>> calls = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final String url;

    SecondClient(String url) {
        this.url = url;
    }

    /** Calls one after the other, so that the node is warm; each of them is served. */
    SecondClient warmUp(int number) {
        for (int i = 0; i < number; i++) {
            call();
            CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).join();
            assertThat(failures).as("failed calls without a flood").hasValue(0);
        }
        return this;
    }

    /** Calls for a time, or until the node has died, and waits for the responses. */
    SecondClient run(Duration time, BooleanSupplier alive) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        long end = System.nanoTime() + time.toNanos();
        var unused = clock.scheduleAtFixedRate(
                () -> {
                    if (System.nanoTime() > end || !alive.getAsBoolean()) {
                        over.complete(null);
                    } else {
                        call();
                    }
                },
                0,
                EVERY_MILLIS,
                TimeUnit.MILLISECONDS);
        over.join();
        clock.shutdownNow();
        // Each ends by its own timeout at the latest.
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).join();
        return this;
    }

    private void call() {
        long start = System.nanoTime();
        calls.add(Http.sendAsync(Http.get(url), TIMEOUT).handle((reply, failure) -> {
            if (failure != null || reply.status() != 200) {
                failures.incrementAndGet();
            }
            return micros.add((System.nanoTime() - start) / 1_000);
        }));
    }

    /** Of the calls that have ended. */
    Duration p99() {
        List<Long> sorted = micros.stream().sorted().toList();
        assertThat(sorted).as("calls of the second client").isNotEmpty();
        return Duration.ofNanos(1_000 * sorted.get((int) ((sorted.size() - 1) * 0.99)));
    }

    int calls() {
        return micros.size();
    }

    int failures() {
        return failures.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
