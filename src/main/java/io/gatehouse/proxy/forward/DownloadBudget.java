package io.gatehouse.proxy.forward;

import io.gatehouse.proxy.client.UploadBudget;
import io.gatehouse.proxy.traffic.ExcessLog;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Bounds the memory of responses that clients have not taken. Beyond the limit it resets the response of which no byte has been sent
 * for the longest time, until the rest fits. {@link UploadBudget} does so for requests.
 *
 * <p><i>Threading</i>: one for each event loop, used by it alone.
 *
 * <p><i>Why</i>: {@link BodyWriter} bounds one response, and a client may ask for a hundred on each of many connections.
 */
final class DownloadBudget {
    /** The share of the limit that is free after an excess. */
    private static final int FREE_SHARE = 8;

    private static final int KIB = 1024;

    private final long limit;
    /** Those with unsent bytes, that which has been waiting the longest first. */
    private final Set<BodyWriter> waiting = new LinkedHashSet<>();

    private final ExcessLog excess;
    private long unsent;

    /** {@code limit} in bytes. */
    DownloadBudget(long limit) {
        this.limit = limit;
        this.excess = new ExcessLog(
                LoggerFactory.getLogger(DownloadBudget.class),
                "Clients do not take their responses; reset: responses={} limit=" + limit / KIB + " KiB");
    }

    /** Adds bytes that are about to be written. */
    void add(int bytes) {
        unsent += bytes;
    }

    /** Registers the writer if what it has written was not sent at once, as it is to nearly every client. */
    void written(BodyWriter writer) {
        if (writer.unsent() > 0) {
            waiting.add(writer);
            if (unsent > limit) {
                exceeded();
            }
        }
    }

    /** Subtracts bytes that have been sent, or will not be. */
    void sent(BodyWriter writer, int bytes) {
        unsent -= bytes;
        if (waiting.remove(writer) && writer.unsent() > 0) {
            waiting.add(writer);
        }
    }

    private void exceeded() {
        int dropped = 0;
        while (unsent > limit - limit / FREE_SHARE && !waiting.isEmpty()) {
            Iterator<BodyWriter> longest = waiting.iterator();
            BodyWriter writer = longest.next();
            longest.remove();
            unsent -= writer.unsent();
            writer.drop();
            dropped++;
        }
        excess.dropped(dropped);
    }
}
