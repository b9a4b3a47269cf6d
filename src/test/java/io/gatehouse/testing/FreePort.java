package io.gatehouse.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Chooses ports for servers that cannot bind to any free one.
 *
 * <p><i>Why below 32768</i>: the system gives the ports above to outgoing connections, so one of them could take a free port before its
 * server has bound it.
 */
public final class FreePort {
    private static final int FIRST = 10_000;
    /** Of one process. Tests run in several, each of which has other ports. */
    private static final int EACH = 500;

    private static final int PROCESSES = 40;
    private static final AtomicInteger NEXT =
            new AtomicInteger(FIRST + (int) (ProcessHandle.current().pid() % PROCESSES) * EACH);

    private FreePort() {}

    /** Returns a port that no other call in this process has returned, and that is free on each address. */
    public static int next() {
        while (true) {
            int port = NEXT.getAndIncrement();
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // The next one is tried.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
