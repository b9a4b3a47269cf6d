package io.gatehouse.launch.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes the access log to standard output from a thread of its own. Logback's {@code AsyncAppender} would do most of it,
 * but formats on the event loop, wakes its thread for every line, writes each on its own and does not say how many it
 * dropped. Here an event loop puts an object into a bounded queue, and nothing else; when the queue is full, because
 * whoever reads standard output does not, the line is dropped and counted.
 */
final class AccessLogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int QUEUE = 16_384;
    private static final int BATCH_BYTES = 64 * 1024;
    private static final Duration REST = Duration.ofMillis(20);
    private static final Duration LAST_LINES = Duration.ofSeconds(2);

    private final Encoder<ILoggingEvent> encoder;
    private final LongAdder dropped;
    private final PrintStream out;
    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(QUEUE);
    private @Nullable Thread writer;

    /** {@code dropped} counts the lines that found the queue full. */
    AccessLogAppender(Encoder<ILoggingEvent> encoder, LongAdder dropped, PrintStream out) {
        this.encoder = encoder;
        this.dropped = dropped;
        this.out = out;
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
        if (!queue.offer(event)) {
            dropped.increment();
        }
    }

    /** Writes out what is in the queue. */
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

    /** Many lines with one call to the system; nobody has to wake this thread, which looks often enough. */
    private void write() {
        ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
        boolean running = true;
        while (running) {
            running = isStarted();
            ILoggingEvent event = queue.poll();
            if (event == null && running) {
                LockSupport.parkNanos(REST.toNanos());
            }
            while (event != null) {
                batch.writeBytes(encoder.encode(event));
                event = queue.poll();
                if (event == null || batch.size() >= BATCH_BYTES) {
                    out.write(batch.toByteArray(), 0, batch.size());
                    out.flush();
                    batch.reset();
                }
            }
        }
    }
}
