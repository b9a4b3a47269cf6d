package io.gatehouse.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.telemetry.AccessEntry;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/** The access log's requests that were answered by the upstream, against the ids of those the upstream got. */
final class Forwarded implements AutoCloseable {
    private static final Logger ACCESS = (Logger) LoggerFactory.getLogger(AccessEntry.LOGGER);

    private final Map<String, AccessEntry> logged = new ConcurrentHashMap<>();
    /** Forwarded, and ended for another reason, perhaps before the last of them is at the upstream. */
    private final Set<String> overtaken = ConcurrentHashMap.newKeySet();

    private final Set<String> arrived = ConcurrentHashMap.newKeySet();
    private final AtomicLong matched = new AtomicLong();
    private final Findings findings;
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged((AccessEntry) event.getArgumentArray()[0]);
        }
    };

    Forwarded(Findings findings) {
        this.findings = findings;
        ACCESS.setLevel(Level.INFO);
        appender.start();
        ACCESS.addAppender(appender);
    }

    private void logged(AccessEntry entry) {
        if (arrived.remove(entry.requestId())) {
            matched.incrementAndGet();
            if (entry.upstreamNanos() < 0) {
                findings.add("the access log takes a forwarded request for one of the gateway's own", entry.toString());
            }
        } else if (entry.source().equals("upstream") && entry.status() != 499) {
            logged.put(entry.requestId(), entry);
        } else if (entry.upstreamNanos() >= 0) {
            overtaken.add(entry.requestId());
        }
    }

    /** A whole request of that id is at the upstream. */
    void arrived(String requestId, String bytes) {
        if (logged.remove(requestId) != null || overtaken.remove(requestId)) {
            matched.incrementAndGet();
        } else if (!arrived.add(requestId)) {
            findings.add("two requests at the upstream have one id", Wire.readable(bytes));
        }
    }

    /** When all clients are gone: whether each request at the upstream is one of the log's. */
    boolean isSettled() {
        return logged.isEmpty() && arrived.isEmpty();
    }

    long matched() {
        return matched.get();
    }

    void findRest() {
        logged.values()
                .forEach(entry -> findings.add(
                        "logged as the upstream's response, but the upstream got no such request", entry.toString()));
        arrived.forEach(id -> findings.add("at the upstream, but not in the access log", id));
        logged.clear();
        arrived.clear();
    }

    @Override
    public void close() {
        ACCESS.detachAppender(appender);
        ACCESS.setLevel(Level.OFF);
    }
}
