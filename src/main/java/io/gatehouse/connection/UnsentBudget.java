package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Bounds the memory of bytes that sockets have not taken. Beyond the limit it drops the holder whose bytes have been waiting the
 * longest, until the rest fits.
 *
 * <p>A holder begins to wait again when all bytes are sent that it had when it began. A peer that takes a few of them from time to time
 * is therefore dropped before one that takes all of them slowly.
 *
 * <p><i>Threading</i>: one for each event loop, used by it alone.
 *
 * <p><i>Why</i>: each response and each connection of a tunnel is bounded, and clients may open thousands.
 */
public final class UnsentBudget {
    /** The share of the limit that is free after an excess. */
    private static final int FREE_SHARE = 8;
    /** The memory of a buffer beside its bytes. */
    private static final int BUFFER_BYTES = 128;

    private final long limit;
    private final IntConsumer excess;
    /** Those with unsent bytes, that which has been waiting the longest first, each with the bytes until it begins to wait again. */
    private final Map<Holder, Long> waiting = new LinkedHashMap<>();

    private long unsent;

    /** What holds unsent bytes: a response, or a connection of a tunnel. */
    public interface Holder {
        /** Returns the bytes that were added for this holder, and not subtracted. */
        long unsent();

        /** Frees the bytes. The holder must not subtract them, which the budget does. */
        void drop();
    }

    /** {@code limit} in bytes. {@code excess} receives the number of holders that were dropped. */
    public UnsentBudget(long limit, IntConsumer excess) {
        this.limit = limit;
        this.excess = excess;
    }

    /** Returns the memory of a buffer. Its bytes may be few of those that a read has reserved. */
    public static int memory(ByteBuf buffer) {
        return buffer.capacity() + BUFFER_BYTES;
    }

    /** Adds bytes that are about to be written. */
    public void add(int bytes) {
        unsent += bytes;
    }

    /** Registers the holder if what it has written was not sent at once, as it is to nearly every peer. */
    public void written(Holder holder) {
        if (holder.unsent() > 0) {
            waiting.putIfAbsent(holder, holder.unsent());
            if (unsent > limit) {
                exceeded();
            }
        }
    }

    /** Subtracts bytes that have been sent, or will not be. */
    public void sent(Holder holder, int bytes) {
        unsent -= bytes;
        Long left = waiting.isEmpty() ? null : waiting.get(holder);
        if (left == null) {
            return;
        }
        if (holder.unsent() > 0 && left > bytes) {
            waiting.put(holder, left - bytes);
            return;
        }
        waiting.remove(holder);
        if (holder.unsent() > 0) {
            waiting.put(holder, holder.unsent());
        }
    }

    /** Subtracts bytes that were added for a holder and not written. They count for none that it has sent. */
    public void unreserve(Holder holder, int bytes) {
        unsent -= bytes;
        if (holder.unsent() == 0) {
            waiting.remove(holder);
        } else {
            waiting.computeIfPresent(holder, (same, left) -> Math.min(left, holder.unsent()));
        }
    }

    private void exceeded() {
        int dropped = 0;
        while (unsent > limit - limit / FREE_SHARE && !waiting.isEmpty()) {
            Iterator<Holder> longest = waiting.keySet().iterator();
            Holder holder = longest.next();
            longest.remove();
            unsent -= holder.unsent();
            holder.drop();
            dropped++;
        }
        excess.accept(dropped);
    }
}
