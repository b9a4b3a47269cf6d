package io.gatehouse.proxy.flood;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;

/** Writes to a socket as fast as it takes the bytes, by default 100 MB. */
public final class Flood implements AutoCloseable {
    public static final long BYTES = 100L * 1024 * 1024;

    private static final int BLOCK = 64 * 1024;
    /** As long without a byte more, and nothing more is taken. */
    private static final Duration STANDSTILL = Duration.ofSeconds(2);

    private final AtomicLong bytes = new AtomicLong();
    private final Socket socket;
    private final long length;
    private final Thread thread = new Thread(this::write, "flood");
    private volatile boolean ended;

    public Flood(Socket socket) {
        this(socket, BYTES);
    }

    public Flood(Socket socket, long length) {
        this.socket = socket;
        this.length = length;
        thread.setDaemon(true);
        thread.start();
    }

    private void write() {
        byte[] block = new byte[BLOCK];
        try {
            while (bytes.get() < length) {
                socket.getOutputStream().write(block);
                bytes.addAndGet(BLOCK);
            }
        } catch (IOException closed) {
            // By the gateway or by the test.
        }
        ended = true;
    }

    /** How many bytes the socket has taken. */
    public long bytes() {
        return bytes.get();
    }

    /** Whether all is written, or the connection was closed. */
    public boolean isEnded() {
        return ended;
    }

    /** Waits until the count has not grown for a while. */
    public static void awaitStandstill(LongSupplier count) {
        long[] last = {-1, System.nanoTime()};
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            if (count.getAsLong() != last[0]) {
                last[0] = count.getAsLong();
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > STANDSTILL.toNanos();
        });
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
