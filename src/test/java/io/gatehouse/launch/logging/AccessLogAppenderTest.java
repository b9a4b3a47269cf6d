package io.gatehouse.launch.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.gatehouse.telemetry.AccessLine;
import io.gatehouse.telemetry.StreamEntry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class AccessLogAppenderTest {
    private static final int MAX_CHARACTERS = 10_000;
    private static final int LINE_CHARACTERS = 1_000;

    private final LoggerContext loggers = new LoggerContext();
    private final LongAdder dropped = new LongAdder();

    /** Creates a line of {@link #LINE_CHARACTERS} characters. */
    private LoggingEvent line() {
        StreamEntry entry = entry("x".repeat(LINE_CHARACTERS - entry("").characters()));
        return new LoggingEvent("", loggers.getLogger(AccessLine.LOGGER), Level.INFO, "{}", null, new Object[] {entry});
    }

    private static StreamEntry entry(String route) {
        return new StreamEntry("192.0.2.7:1", "192.0.2.8:9000", "tls", null, route, null, null, "closed", 1, 1, 1, 1);
    }

    @Test
    void theQueueIsBoundedByTheCharactersOfItsLines_andDropsAreCounted() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        PrintStream blocked = new PrintStream(written) {
            @Override
            public void write(byte[] bytes, int from, int length) {
                writing.countDown();
                try {
                    read.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                super.write(bytes, from, length);
            }
        };
        AccessLogAppender appender = new AccessLogAppender(new AccessLogEncoder(), dropped, blocked, MAX_CHARACTERS);
        appender.setContext(loggers);
        appender.start();
        try {
            appender.doAppend(line());
            assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();

            for (int i = 0; i < 100; i++) {
                appender.doAppend(line());
            }
            assertThat(dropped.sum()).isEqualTo(100 - MAX_CHARACTERS / LINE_CHARACTERS);

            read.countDown();
            await().until(() -> written.toString(UTF_8).lines().count() == 1 + MAX_CHARACTERS / LINE_CHARACTERS);
            for (int i = 0; i < MAX_CHARACTERS / LINE_CHARACTERS; i++) {
                appender.doAppend(line());
            }
            assertThat(dropped.sum()).as("written lines are no longer counted").isEqualTo(90);
        } finally {
            read.countDown();
            appender.stop();
        }
    }
}
