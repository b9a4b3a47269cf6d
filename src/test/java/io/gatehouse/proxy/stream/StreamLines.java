package io.gatehouse.proxy.stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.telemetry.AccessLine;
import io.gatehouse.telemetry.StreamEntry;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** The access log of connections while it is open. */
final class StreamLines implements AutoCloseable {
    private static final int SECONDS = 60;

    private final Logger log = (Logger) LoggerFactory.getLogger(AccessLine.LOGGER);
    private final Level before = log.getLevel();
    private final ConcurrentHashMap<String, CompletableFuture<StreamEntry>> entries = new ConcurrentHashMap<>();

    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getArgumentArray()[0] instanceof StreamEntry entry) {
                of(entry.client()).complete(entry);
            }
        }
    };

    StreamLines() {
        log.setLevel(Level.INFO);
        appender.start();
        log.addAppender(appender);
    }

    private CompletableFuture<StreamEntry> of(String client) {
        return entries.computeIfAbsent(client, missing -> new CompletableFuture<>());
    }

    /** Drops the entry of an earlier connection that had the same port. */
    void expect(Socket client) {
        entries.keySet().remove("127.0.0.1:" + client.getLocalPort());
    }

    /** Waits for the entry of a client's connection. */
    StreamEntry of(Socket client) {
        return of("127.0.0.1:" + client.getLocalPort())
                .orTimeout(SECONDS, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        log.detachAppender(appender);
        log.setLevel(before);
    }
}
