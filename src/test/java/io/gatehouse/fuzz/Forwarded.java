package io.gatehouse.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.fuzz.wire.Wire;
import io.gatehouse.telemetry.AccessEntry;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/** Compares the forwarded requests of the access log with the ids of the requests that the upstream received. */
final class Forwarded implements AutoCloseable {
    private static final Logger ACCESS = (Logger) LoggerFactory.getLogger(AccessEntry.LOGGER);

    private final Map<String, AccessEntry> logged = new ConcurrentHashMap<>();
    /** Ids of requests that were forwarded and then failed, perhaps before the upstream received all of them. */
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

    private synchronized void logged(AccessEntry entry) {
        if (arrived.remove(entry.requestId())) {
            matched.incrementAndGet();
            if (entry.upstreamNanos() < 0) {
                findings.add("the access log has a forwarded request with the origin gateway", entry.toString());
            }
        } else if (entry.source().equals("upstream") && entry.status() != 499) {
            logged.put(entry.requestId(), entry);
        } else if (entry.upstreamNanos() >= 0) {
            overtaken.add(entry.requestId());
        }
    }

    /** Records that the upstream received a whole request with that id. */
    synchronized void arrived(String requestId, String bytes) {
        if (logged.remove(requestId) != null || overtaken.remove(requestId)) {
            matched.incrementAndGet();
        } else if (!arrived.add(requestId)) {
            findings.add("two requests at the upstream have one id", Wire.readable(bytes));
        }
    }

    /** Returns whether each request at the upstream is in the log. Valid after all clients have ended. */
    boolean isSettled() {
        return logged.isEmpty() && arrived.isEmpty();
    }

    long matched() {
        return matched.get();
    }

    void findRest() {
        logged.values()
                .forEach(entry -> findings.add(
                        "logged with the origin upstream, but the upstream received no such request",
                        entry.toString()));
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
