package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Supplier;

/** Sends requests and reads no response. */
public final class UnreadClient {
    private static final int RECEIVE_BUFFER = 4 * 1024;
    /** More than the buffers of this machine and the gateway hold, and less than would fill the memory of the tests. */
    private static final long MOST_ACCEPTED = 32L * 1024 * 1024;

    private static final Duration STALLED = Duration.ofSeconds(5);

    private UnreadClient() {}

    /** Sends blocks of requests behind the preface. Asserts that the gateway soon reads none of them, or disconnects the client. */
    public static void assertIsDisconnectedOrNotReadFrom(
            Gatehouse gatehouse, byte[] preface, Supplier<ByteBuffer> blocks) {
        long accepted = 0;
        try (SocketChannel client = SocketChannel.open()) {
            client.socket().setReceiveBufferSize(RECEIVE_BUFFER);
            client.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http")));
            client.write(ByteBuffer.wrap(preface));
            client.configureBlocking(false);
            ByteBuffer block = blocks.get();
            long progress = System.nanoTime();
            while (System.nanoTime() - progress < STALLED.toNanos()) {
                int written = client.write(block);
                accepted += written;
                if (written > 0) {
                    progress = System.nanoTime();
                } else {
                    Thread.onSpinWait();
                }
                if (!block.hasRemaining()) {
                    block = blocks.get();
                }
                assertThat(accepted).as("bytes of requests that were accepted").isLessThan(MOST_ACCEPTED);
            }
        } catch (IOException disconnected) {
            assertThat(accepted).as("bytes before the end").isPositive();
        }
    }
}
