package io.gatehouse.proxy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.telemetry.AccessEntry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.LoggerFactory;

/** The access log while it is open. */
final class AccessLines implements AutoCloseable {
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

    AccessLines() {
        log.setLevel(Level.INFO);
        appender.start();
        log.addAppender(appender);
    }

    /** The status a request was logged with; 0 before. */
    int statusOf(String requestId) {
        AccessEntry entry = entries.get(requestId);
        return entry == null ? 0 : entry.status();
    }

    @Override
    public void close() {
        log.detachAppender(appender);
        log.setLevel(before);
    }
}
