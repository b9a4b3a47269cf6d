package io.gatehouse.catalog;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Broadcast;
import io.gatehouse.bus.CatalogChanged;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** Tells every node of a new configuration and waits until each serves it. */
public final class CatalogPublisher {
    private final Broadcast broadcast;
    private final Duration timeout;

    public CatalogPublisher(Broadcast broadcast, Duration timeout) {
        this.broadcast = broadcast;
        this.timeout = timeout;
    }

    /** Completes when every live node serves the version or the time is over; answers those that were late. */
    public Future<List<String>> publish(long version) {
        return broadcast.tell(Addresses::catalogChanged, new CatalogChanged(version), timeout);
    }
}
