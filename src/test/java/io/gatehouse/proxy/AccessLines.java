package io.gatehouse.proxy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.telemetry.AccessEntry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The access log while it is open. */
public final class AccessLines implements AutoCloseable {
    private final Logger log = (Logger) LoggerFactory.getLogger(AccessEntry.LOGGER);
    private final Level before = log.getLevel();
    private final Map<String, AccessEntry> entries = new ConcurrentHashMap<>();

    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getArgumentArray()[0] instanceof AccessEntry entry) {
                entries.put(entry.requestId(), entry);
            }
        }
    };

    public AccessLines() {
        log.setLevel(Level.INFO);
        appender.start();
        log.addAppender(appender);
    }

    /** Returns the entry of a request; null before it is logged. */
    public @Nullable AccessEntry entry(String requestId) {
        return entries.get(requestId);
    }

    /** The status a request was logged with; 0 before. */
    public int statusOf(String requestId) {
        AccessEntry entry = entry(requestId);
        return entry == null ? 0 : entry.status();
    }

    @Override
    public void close() {
        log.detachAppender(appender);
        log.setLevel(before);
    }
}
