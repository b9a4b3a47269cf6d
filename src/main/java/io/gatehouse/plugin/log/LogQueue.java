package io.gatehouse.plugin.log;

import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues the entries of a plugin for a destination and sends them in batches: Kong's {@code queue}
 * (docs/reference/plugins.md#the-queue).
 *
 * <p><i>Invariant</i>: entries and bytes are bounded, also those of all queues together. A full queue drops its oldest entries. A
 * batch that is not delivered within the retry time is dropped. Each dropped entry is counted.
 *
 * <p><i>Threading</i>: safe for every thread. Adding takes constant time and waits for no I/O.
 *
 * @param <E> an entry, immutable
 */
public final class LogQueue<E> {
    private static final Logger LOG = LoggerFactory.getLogger(LogQueue.class);
    private static final long WARNING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Sends batches to the destination. */
    public interface Sender<E> {
        /**
         * Sends one batch. Completes with the number of its entries that cannot be delivered, now or later. Fails if the whole batch
         * is to be sent again.
         */
        Future<Integer> send(List<E> batch);
    }

    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final String name;
    private final QueueSettings settings;
    private final Sender<E> sender;
    private final LogMeters meters;
    private final LogBudget budget;
    private final Deque<Entry<E>> entries = new ArrayDeque<>();
    /** Of the entries and of the batch that is being sent. */
    private long bytes;

    private int batchSize;
    private long batchBytes;
    /** Whether a batch is being sent, or waits to be sent again. */
    private boolean sending;

    private boolean waiting;
    private long droppedSinceWarning;
    private long lastWarningNanos = System.nanoTime() - WARNING_INTERVAL_NANOS;

    private record Entry<E>(E content, int bytes) {}

    /** {@code name} is that of the plugin with its id, for the log. */
    LogQueue(
            Vertx vertx,
            WorkerExecutor workers,
            String name,
            QueueSettings settings,
            Sender<E> sender,
            LogMeters meters,
            LogBudget budget) {
        this.vertx = vertx;
        this.workers = workers;
        this.name = name;
        this.settings = settings;
        this.sender = sender;
        this.meters = meters;
        this.budget = budget;
    }

    /** Adds an entry. {@code size} is an estimate of its memory in bytes. */
    public void add(E content, int size) {
        Entry<E> entry = new Entry<>(content, size);
        List<E> batch;
        synchronized (this) {
            entries.add(entry);
            count(entry.bytes());
            int dropped = 0;
            while (!entries.isEmpty() && isFull()) {
                count(-entries.remove().bytes());
                dropped++;
            }
            if (dropped > 0) {
                dropped(dropped, "the queue is full");
            }
            batch = takeIfReady();
        }
        sendFirst(batch);
    }

    private boolean isFull() {
        return entries.size() + batchSize > settings.maxEntries()
                || bytes > settings.maxBytes()
                || budget.isExceededBy(bytes);
    }

    private void count(long more) {
        bytes += more;
        budget.add(more);
    }

    /** Takes a batch to send now; empty if there is none. An incomplete batch waits for more entries. */
    private synchronized List<E> takeIfReady() {
        if (sending || entries.isEmpty()) {
            return List.of();
        }
        if (entries.size() >= settings.maxBatch()) {
            return take();
        }
        if (!waiting) {
            waiting = true;
            vertx.setTimer(Math.max(1, settings.coalescingMillis()), timer -> coalesced());
        }
        return List.of();
    }

    private void coalesced() {
        List<E> batch;
        synchronized (this) {
            waiting = false;
            batch = sending || entries.isEmpty() ? List.of() : take();
        }
        sendFirst(batch);
    }

    /** Takes a batch under the lock under which entries were found: without it, a full queue could drop them in between. */
    private synchronized List<E> take() {
        sending = true;
        List<E> batch = new ArrayList<>();
        while (batch.size() < settings.maxBatch() && !entries.isEmpty()) {
            Entry<E> entry = entries.remove();
            batchBytes += entry.bytes();
            batch.add(entry.content());
        }
        batchSize = batch.size();
        return batch;
    }

    private void sendFirst(List<E> batch) {
        if (!batch.isEmpty()) {
            send(batch, settings.initialRetryMillis(), System.nanoTime());
        }
    }

    private void send(List<E> batch, long retryMillis, long startNanos) {
        Future<Integer> attempt;
        try {
            // On a thread of the logs: the sender writes JSON or a file, and standard output may block.
            attempt = workers.executeBlocking(() -> sender.send(batch), false).compose(sent -> sent);
        } catch (RejectedExecutionException stopping) {
            // The node has closed the threads of the logs. As the queue stays busy, it tries no other batch.
            synchronized (this) {
                dropped(batch.size(), "the node stops");
            }
            return;
        }
        attempt.onComplete(
                undeliverable -> {
                    sent(batch.size(), undeliverable);
                    next();
                },
                failure -> failed(batch, retryMillis, startNanos, failure));
    }

    private void sent(int count, int undeliverable) {
        meters.sent(count - undeliverable);
        if (undeliverable > 0) {
            synchronized (this) {
                dropped(undeliverable, "the destination did not accept them");
            }
        }
    }

    private void failed(List<E> batch, long retryMillis, long startNanos, Throwable failure) {
        long triedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        if (triedMillis + retryMillis > settings.maxRetryMillis()) {
            synchronized (this) {
                dropped(batch.size(), LogText.of(failure));
            }
            next();
            return;
        }
        vertx.setTimer(
                Math.max(1, retryMillis),
                timer -> send(batch, Math.min(retryMillis * 2, settings.maxRetryDelayMillis()), startNanos));
    }

    private void next() {
        List<E> batch;
        synchronized (this) {
            sending = false;
            count(-batchBytes);
            batchBytes = 0;
            batchSize = 0;
            batch = takeIfReady();
        }
        sendFirst(batch);
    }

    /** Counts dropped entries, and logs their number every 10 s at most. */
    private void dropped(int count, String reason) {
        meters.dropped(count);
        droppedSinceWarning += count;
        long now = System.nanoTime();
        if (now - lastWarningNanos >= WARNING_INTERVAL_NANOS) {
            LOG.warn("{} dropped log entries: {} count={}", name, reason, droppedSinceWarning);
            lastWarningNanos = now;
            droppedSinceWarning = 0;
        }
    }
}
