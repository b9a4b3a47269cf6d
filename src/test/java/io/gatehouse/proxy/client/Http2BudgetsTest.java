package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.FullListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the part that each HTTP/2 connection has of the memory for all of them. The upstream never accepts a connection. */
class Http2BudgetsTest {
    private static final String[] POST = {":method: POST", ":scheme: http", ":authority: a", ":path: /api"};
    private static final byte[] FRAME = new byte[16 * 1024];
    private static final int REFUSED_STREAM = 7;

    /** Sends further frames, then a PING. Returns the errors of the streams that were reset before its answer. */
    private static List<Integer> resets(Http2Socket socket) throws IOException {
        socket.frame(Http2Socket.PING, 0, 0, new byte[8]).send();
        List<Integer> errors = new ArrayList<>();
        for (Http2Socket.Frame frame = socket.read(); frame.type() != Http2Socket.PING; frame = socket.read()) {
            if (frame.type() == Http2Socket.RST_STREAM) {
                errors.add(frame.errorCode());
            }
        }
        return errors;
    }

    private static void begin(Http2Socket socket, int streams) {
        IntStream.range(0, streams).forEach(i -> socket.headers(2 * i + 1, 0, POST));
    }

    @Test
    void aConnectionWhoseBodiesWaitGetsNoMoreRequestsNearTheLimit() throws IOException {
        try (FullListener upstream = new FullListener();
                ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), 200 * 1024);
                Http2Socket holder = Http2Socket.open(proxy.port());
                Http2Socket other = Http2Socket.open(proxy.port())) {
            assertThat(resets(other)).isEmpty();
            begin(holder, 4);
            holder.send();
            // Before it the connection has a window of 64 KiB.
            holder.await(Http2Socket.WINDOW_UPDATE);
            IntStream.range(0, 10).forEach(i -> holder.frame(Http2Socket.DATA, 0, 2 * (i % 4) + 1, FRAME));
            assertThat(resets(holder)).isEmpty();
            assertThat(resets(holder.headers(9, 0, POST))).containsExactly(REFUSED_STREAM);
            assertThat(resets(other.headers(1, 0, POST))).isEmpty();
        }
    }

    @Test
    void theMoreConnectionsThereAreTheFewerRequestsEachMayHaveBeyondTheLimit() throws IOException {
        try (FullListener upstream = new FullListener();
                ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), 64 * 1024);
                Http2Socket holder = Http2Socket.open(proxy.port());
                Http2Socket other = Http2Socket.open(proxy.port())) {
            assertThat(resets(other)).isEmpty();
            begin(holder, 9);
            assertThat(resets(holder)).containsOnly(REFUSED_STREAM);
            // A half of 64 KiB, at 8 KiB and the head for each.
            begin(other, 9);
            assertThat(resets(other)).hasSizeBetween(5, 6).containsOnly(REFUSED_STREAM);
        }
    }

    @Test
    void aRequestWhoseResponseTheClientDoesNotTakeCounts() throws IOException {
        try (FullListener upstream = new FullListener();
                ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), 64 * 1024);
                Http2Socket client = Http2Socket.open(proxy.port())) {
            // SETTINGS_INITIAL_WINDOW_SIZE is 0.
            client.frame(Http2Socket.SETTINGS, 0, 0, 0, 4, 0, 0, 0, 0);
            for (int i = 0; i < 9; i++) {
                client.headers(
                        2 * i + 1,
                        Http2Socket.END_STREAM,
                        ":method: GET",
                        ":scheme: http",
                        ":authority: a",
                        ":path: /nowhere");
            }
            assertThat(resets(client)).containsExactly(REFUSED_STREAM);
        }
    }
}
