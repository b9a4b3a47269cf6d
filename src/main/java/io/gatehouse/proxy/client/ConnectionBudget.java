package io.gatehouse.proxy.client;

import io.gatehouse.connection.Arrivals;
import io.gatehouse.proxy.traffic.ExcessLog;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Bounds the memory of the client connections of one event loop. Beyond the limit it closes the connection that has been idle the
 * longest. If each of them has a request in flight, it refuses the new connection.
 *
 * <p>A connection without a first request is closed before an idle one, the oldest first, while such connections need more than an
 * eighth of the limit. Otherwise a full budget would leave no time for a handshake.
 *
 * <p><i>Threading</i>: one for each event loop, used by it alone.
 *
 * <p><i>Why</i>: a connection is open for {@code proxy.idle-timeout} at least, and a client may open thousands.
 */
public final class ConnectionBudget implements Arrivals.Gate {
    /** The heap of a connection in clear text: 3.7 KB in HTTP/1 after a request, up to 8.2 KB before it and in HTTP/2. */
    static final int CLEAR_BYTES = 8 * 1024;
    /** That of one with TLS: 10 to 14.4 KB, and 15.7 KB in the handshake. */
    static final int TLS_BYTES = 16 * 1024;

    /** The share of the limit for connections without a first request. One for those that are closing is added to the limit. */
    private static final int SHARE = 8;
    /** The clients that are passed over for one connection because they have not taken their responses. */
    private static final int MOST_SKIPPED = 16;

    private static final int KIB = 1024;

    private final long limit;
    private final ExcessLog excess;
    private final ConnectionOrder starting = new ConnectionOrder();
    private final ConnectionOrder idle = new ConnectionOrder();
    /** Those that were evicted and whose clients have not closed them. */
    private final ConnectionOrder closing = new ConnectionOrder();
    /** What the connections that were not evicted need. */
    private long held;

    /** {@code limit} in bytes. */
    public ConnectionBudget(long limit) {
        this.limit = limit;
        this.excess = new ExcessLog(
                LoggerFactory.getLogger(ConnectionBudget.class),
                "Too many client connections are open; closed: connections={} limit=" + limit / KIB + " KiB");
    }

    /** Returns what one connection needs. */
    public static int bytes(boolean isTls) {
        return isTls ? TLS_BYTES : CLEAR_BYTES;
    }

    @Override
    public boolean admits(Channel channel, boolean isTls) {
        int bytes = bytes(isTls);
        while (held + bytes > limit) {
            OpenConnection evicted = candidate();
            excess.dropped(1);
            if (evicted == null) {
                return false;
            }
            evict(evicted);
        }
        held += bytes;
        starting.add(new OpenConnection(this, channel, bytes));
        return true;
    }

    /** Returns the connection to close next, or null if each has a request in flight. */
    private @Nullable OpenConnection candidate() {
        OpenConnection oldest = starting.first();
        if (starting.bytes() > limit / SHARE) {
            return oldest;
        }
        OpenConnection longestIdle = longestIdle();
        return longestIdle == null ? oldest : longestIdle;
    }

    private @Nullable OpenConnection longestIdle() {
        for (int skipped = 0; skipped < MOST_SKIPPED; skipped++) {
            OpenConnection longest = idle.first();
            if (longest == null || !longest.hasUnsent()) {
                return longest;
            }
            idle.add(longest);
        }
        return null;
    }

    private void evict(OpenConnection connection) {
        held -= connection.bytes();
        closing.add(connection);
        connection.evict();
        OpenConnection oldest = closing.first();
        while (oldest != null && closing.bytes() > limit / SHARE) {
            ConnectionOrder.leave(oldest);
            oldest.abort();
            oldest = closing.first();
        }
    }

    // For the connections

    void idle(OpenConnection connection) {
        idle.add(connection);
    }

    void closed(OpenConnection connection) {
        ConnectionOrder.leave(connection);
        if (!connection.isEvicted()) {
            held -= connection.bytes();
        }
    }
}
