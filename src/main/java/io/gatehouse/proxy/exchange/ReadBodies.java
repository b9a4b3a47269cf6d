package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.traffic.ExcessLog;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Bounds the memory of bodies that plugins read whole. Beyond the limit it fails the largest of those that are still arriving,
 * until the rest fits.
 *
 * <p><i>Threading</i>: one for the requests and one for the responses of each event loop, used by it alone.
 *
 * <p><i>Why</i>: each body has a limit, and a client may send a hundred requests on each of many connections without a credential.
 */
public final class ReadBodies {
    /** The share of the limit that is free after an excess. */
    private static final int FREE_SHARE = 8;

    private static final int KIB = 1024;

    /** The memory of a buffer with few bytes. */
    private static final int MIN_BYTES = 64;

    private final long limit;
    private final Set<Holder> arriving = new HashSet<>();
    private final ExcessLog excess;
    private long held;

    /** What has been received of a body. */
    public interface Holder {
        /** Returns the bytes that were added for this body. */
        int bytes();

        /** Fails the request, and removes the body from the budget. */
        void drop();
    }

    /**
     * Creates an empty budget.
     *
     * @param limit in bytes
     * @param what the bodies are, for the log
     */
    public ReadBodies(long limit, String what) {
        this.limit = limit;
        this.excess = new ExcessLog(
                LoggerFactory.getLogger(ReadBodies.class),
                what + " that plugins read; failed: requests={} limit=" + limit / KIB + " KiB");
    }

    /** Returns the memory of a buffer to which so many bytes were appended: its capacity doubles, up to 4 MiB. */
    public static int memory(int bytes) {
        return bytes == 0 ? 0 : Integer.highestOneBit(Math.max(bytes, MIN_BYTES) - 1) << 1;
    }

    /** Registers a body of which nothing has been added. */
    public void begin(Holder body) {
        arriving.add(body);
    }

    /** Adds bytes of a body, which {@link Holder#bytes} returns already. It may be dropped at once. */
    public void add(int bytes) {
        held += bytes;
        if (held > limit) {
            exceeded();
        }
    }

    /** The body is complete, and held until its request ends. */
    void complete(Holder body) {
        arriving.remove(body);
    }

    /** Subtracts all bytes of a body. */
    public void remove(Holder body, int bytes) {
        arriving.remove(body);
        held -= bytes;
    }

    private void exceeded() {
        int dropped = 0;
        while (held > limit - limit / FREE_SHARE) {
            Holder largest = null;
            for (Holder body : arriving) {
                if (body.bytes() > (largest == null ? 0 : largest.bytes())) {
                    largest = body;
                }
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
