package io.gatehouse.launch.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a command close what it has started after SIGTERM or Ctrl-C: the JVM ends once the command has closed this object.
 *
 * <p><i>Threading</i>: safe from the command's thread and the shutdown hook.
 */
final class OrderlyEnd implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrderlyEnd.class);
    /** Longer than a node drains and stops. */
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final CountDownLatch signalled = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private OrderlyEnd() {}

    /** Registers the shutdown hook. */
    static OrderlyEnd register() {
        OrderlyEnd end = new OrderlyEnd();
        Runtime.getRuntime().addShutdownHook(new Thread(end::hold, "gatehouse-orderly-end"));
        return end;
    }

    private void hold() {
        signalled.countDown();
        try {
            if (!closed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("the command did not close in time; ending the process limit={}s", LIMIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the signal. */
    void await() throws InterruptedException {
        signalled.await();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
