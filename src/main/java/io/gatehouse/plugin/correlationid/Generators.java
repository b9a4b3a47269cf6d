package io.gatehouse.plugin.correlationid;

import io.gatehouse.plugin.Exchange;
import io.vertx.core.net.SocketAddress;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Creates the generators of Kong's forms of ids. All event loops share it. */
final class Generators {
    private static final long PID = ProcessHandle.current().pid();

    private final String process = UUID.randomUUID().toString();
    private final AtomicLong requests = new AtomicLong();

    Generator named(String name) {
        return switch (name) {
            case "uuid" -> exchange -> uuid();
            case "tracker" -> this::tracker;
            default -> exchange -> process + "#" + requests.incrementAndGet();
        };
    }

    /** Returns a random UUID. It protects nothing, so a fast generator is sufficient. */
    private static String uuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long version = (random.nextLong() & ~0xF000L) | 0x4000L;
        long variant = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(version, variant).toString();
    }

    /**
     * Returns {@code address-port-process-connection-requests-seconds}. Unlike Kong, which counts connections and the requests on
     * each, it contains the client's port and the number of requests of the process.
     */
    private String tracker(Exchange exchange) {
        SocketAddress local = exchange.request().localAddress();
        return String.format(
                Locale.ROOT,
                "%s-%d-%d-%d-%d-%.3f",
                local.hostAddress(),
                local.port(),
                PID,
                exchange.request().remoteAddress().port(),
                requests.incrementAndGet(),
                System.currentTimeMillis() / 1_000.0);
    }
}
