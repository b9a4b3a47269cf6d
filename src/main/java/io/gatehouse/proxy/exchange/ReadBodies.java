package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.traffic.ExcessLog;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Bounds the memory of request bodies that plugins read whole. Beyond the limit it fails the largest of those that are still
 * arriving, until the rest fits.
 *
 * <p><i>Threading</i>: one for each event loop, used by it alone.
 *
 * <p><i>Why</i>: each body has a limit, and a client may send a hundred on each of many connections without a credential.
 */
public final class ReadBodies {
    /** The share of the limit that is free after an excess. */
    private static final int FREE_SHARE = 8;

    private static final int KIB = 1024;

    private final long limit;
    private final Set<WholeBody> arriving = new HashSet<>();
    private final ExcessLog excess;
    private long held;

    /** {@code limit} in bytes. */
    public ReadBodies(long limit) {
        this.limit = limit;
        this.excess = new ExcessLog(
                LoggerFactory.getLogger(ReadBodies.class),
                "Request bodies that plugins read; failed: requests={} limit=" + limit / KIB + " KiB");
    }

    void begin(WholeBody body) {
        arriving.add(body);
    }

    void add(int bytes) {
        held += bytes;
        if (held > limit) {
            exceeded();
        }
    }

    /** The body is complete, and held until its request ends. */
    void complete(WholeBody body) {
        arriving.remove(body);
    }

    void remove(WholeBody body, int bytes) {
        arriving.remove(body);
        held -= bytes;
    }

    private void exceeded() {
        int dropped = 0;
        while (held > limit - limit / FREE_SHARE) {
            WholeBody largest = null;
            for (WholeBody body : arriving) {
                largest = largest == null || body.bytes() > largest.bytes() ? body : largest;
            }
            if (largest == null) {
                break;
            }
            largest.drop();
            dropped++;
        }
        if (dropped > 0) {
            excess.dropped(dropped);
        }
    }
}
