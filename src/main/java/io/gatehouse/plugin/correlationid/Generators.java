package io.gatehouse.plugin.correlationid;

import io.gatehouse.plugin.Exchange;
import io.vertx.core.net.SocketAddress;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** The ways an id can be made, in Kong's forms. Shared by all event loops. */
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

    /** An id tells requests apart and protects nothing, so speed decides. */
    private static String uuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long version = (random.nextLong() & ~0xF000L) | 0x4000L;
        long variant = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(version, variant).toString();
    }

    /**
     * {@code address-port-process-connection-requests-seconds}. Where Kong counts connections and the requests on each,
     * the connection is named by the client's port, and the requests are those of the process.
     */
    private String tracker(Exchange exchange) {
        SocketAddress here = exchange.request().localAddress();
        return String.format(
                Locale.ROOT,
                "%s-%d-%d-%d-%d-%.3f",
                here.hostAddress(),
                here.port(),
                PID,
                exchange.request().remoteAddress().port(),
                requests.incrementAndGet(),
                System.currentTimeMillis() / 1_000.0);
    }
}
