package io.gatehouse.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The two ends of a body that passes through a node: one that sends as fast as it can, and one that stops reading until the
 * first cannot send any more. Measures the most bytes in flight.
 */
final class Pump {
    private static final int BLOCK = 64 * 1024;
    /** Affects only how full the buffers are when the reader continues. */
    private static final int STUCK_MILLIS = 100;

    private final long total;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong underWay = new AtomicLong();
    private final Semaphore stuck = new Semaphore(0);

    Pump(long total) {
        this.total = total;
    }

    long total() {
        return total;
    }

    long received() {
        return received.get();
    }

    /** The most that was sent and not yet received, in MiB. */
    long mostUnderWay() {
        return underWay.get() >> 20;
    }

    /** The sender could send this much more. */
    void sent(long bytes) {
        long now = sent.addAndGet(bytes) - received.get();
        underWay.accumulateAndGet(now, Math::max);
    }

    boolean isAllSent() {
        return sent.get() >= total;
    }

    /** The sender cannot send any more, or has nothing more to send. */
    void stuck() {
        stuck.release();
    }

    /** Where the reader stops, until the sender is stuck: at the beginning, and in the middle. */
    void received(long bytes) {
        long before = received.getAndAdd(bytes);
        if (before == 0 || (before < total / 2 && before + bytes >= total / 2)) {
            stuck.drainPermits();
            stuck.acquireUninterruptibly();
        }
    }

    /** Sends a head and the body. */
    void send(SocketChannel channel, String head, boolean chunked) {
        try (Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_WRITE);
            write(channel, selector, ascii(head));
            ByteBuffer before = ascii(Integer.toHexString(BLOCK) + "\r\n");
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
            ByteBuffer after = ascii("\r\n");
            for (long left = total; left > 0; left -= BLOCK) {
                if (chunked) {
                    write(channel, selector, before.rewind());
                }
                write(channel, selector, block.rewind());
                sent(BLOCK);
                if (chunked) {
                    write(channel, selector, after.rewind());
                }
            }
            if (chunked) {
                write(channel, selector, ascii("0\r\n\r\n"));
            }
            stuck();
            selector.keys().forEach(SelectionKey::cancel);
            selector.selectNow();
            channel.configureBlocking(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void write(SocketChannel channel, Selector selector, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                selector.selectedKeys().clear();
                if (selector.select(STUCK_MILLIS) == 0) {
                    stuck();
                }
            }
        }
    }

    /** Reads a head and its body. Returns the head. */
    String receive(InputStream stream) {
        try {
            InputStream in = new BufferedInputStream(stream, BLOCK);
            StringBuilder head = new StringBuilder();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                head.append(line).append('\n');
            }
            if (head.toString().toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
                for (long size = size(in); size > 0; size = size(in)) {
                    take(in, size);
                    line(in);
                }
                line(in);
            } else {
                take(in, total);
            }
            return head.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(InputStream in) throws IOException {
        return Long.parseLong(line(in), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("ended within " + line);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private void take(InputStream in, long size) throws IOException {
        byte[] block = new byte[BLOCK];
        for (long left = size; left > 0; ) {
            int read = in.read(block, 0, (int) Math.min(block.length, left));
            if (read < 0) {
                throw new IOException("ended " + left + " bytes too early");
            }
            left -= read;
            received(read);
        }
    }
}
