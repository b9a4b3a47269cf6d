package io.gatehouse.launch.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import io.gatehouse.telemetry.AccessLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes the access log to standard output from a thread of its own.
 *
 * <p><i>Threading</i>: an event loop only puts an object into a queue, which is bounded by lines and by their characters. If the
 * reader of standard output is too slow and the queue is full, the line is dropped and counted.
 *
 * <p><i>Why</i>: Logback's {@code AsyncAppender} formats on the event loop, wakes its thread for every line, writes each line
 * alone and does not count dropped lines.
 */
final class AccessLogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int QUEUE = 16_384;
    private static final int BATCH_BYTES = 64 * 1024;
    private static final Duration REST = Duration.ofMillis(20);
    private static final Duration LAST_LINES = Duration.ofSeconds(2);

    private final Encoder<ILoggingEvent> encoder;
    private final LongAdder dropped;
    private final PrintStream out;
    private final long maxCharacters;
    /** Of the queued lines. */
    private final AtomicLong characters = new AtomicLong();

    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(QUEUE);
    private @Nullable Thread writer;

    /** {@code dropped} counts the lines that found the queue full. */
    AccessLogAppender(Encoder<ILoggingEvent> encoder, LongAdder dropped, PrintStream out, long maxCharacters) {
        this.encoder = encoder;
        this.dropped = dropped;
        this.out = out;
        this.maxCharacters = maxCharacters;
    }

    @Override
    public void start() {
        Thread thread = new Thread(this::write, "gatehouse-access-log");
        thread.setDaemon(true);
        writer = thread;
        super.start();
        thread.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        int size = characters(event);
        if (characters.addAndGet(size) > maxCharacters || !queue.offer(event)) {
            characters.addAndGet(-size);
            dropped.increment();
        }
    }

    /** Writes the queued lines, for at most 2 s. */
    @Override
    public void stop() {
        super.stop();
        Thread thread = writer;
        if (thread != null) {
            LockSupport.unpark(thread);
            try {
                thread.join(LAST_LINES.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Writes many lines with one system call. Polls every 20 ms, so that no event loop has to wake this thread. */
    private void write() {
        ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
        boolean running = true;
        while (running) {
            running = isStarted();
            ILoggingEvent event = next();
            if (event == null && running) {
                LockSupport.parkNanos(REST.toNanos());
            }
            while (event != null) {
                batch.writeBytes(encoder.encode(event));
                event = next();
                if (event == null || batch.size() >= BATCH_BYTES) {
                    out.write(batch.toByteArray(), 0, batch.size());
                    out.flush();
                    batch.reset();
                }
            }
        }
    }

    private @Nullable ILoggingEvent next() {
        ILoggingEvent event = queue.poll();
        if (event != null) {
            characters.addAndGet(-characters(event));
        }
        return event;
    }

    private static int characters(ILoggingEvent event) {
        return event.getArgumentArray() != null && event.getArgumentArray()[0] instanceof AccessLine line
                ? line.characters()
                : 0;
    }
}
