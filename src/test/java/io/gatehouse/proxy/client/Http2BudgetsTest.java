package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.FullListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the part that each HTTP/2 connection has of the memory for all of them. */
class Http2BudgetsTest {
    private static final String[] POST = {":method: POST", ":scheme: http", ":authority: a", ":path: /api"};
    private static final String[] CALL = {
        ":method: POST",
        ":scheme: http",
        ":authority: a",
        ":path: /grpc.Greeter/Greet",
        "content-type: application/grpc",
        "te: trailers"
    };
    private static final byte[] FRAME = new byte[16 * 1024];
    private static final byte[] SMALL_FRAME = new byte[12 * 1000];
    private static final int FRAMES = 3;
    private static final int BODY_BYTES = FRAMES * 16 * 1024 + 12 * 1000;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;
    /** RFC 9113 §6.1. */
    private static final int PADDED = 8;

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

    /** Adds the body of a stream, in {@value #FRAMES} frames of 16 KiB and a smaller one. */
    private static void body(Http2Socket socket, int stream, int lastFlags) {
        for (int i = 0; i < FRAMES; i++) {
            socket.frame(Http2Socket.DATA, 0, stream, FRAME);
        }
        socket.frame(Http2Socket.DATA, lastFlags, stream, SMALL_FRAME);
    }

    /** Reads the body of the first call, which the gateway begins once it has the SETTINGS of its upstream. */
    private static void takeBody(Http2Socket upstream) throws IOException {
        upstream.send();
        int bytes = 0;
        while (bytes < BODY_BYTES) {
            bytes += upstream.await(Http2Socket.DATA).payload().length();
        }
    }

    @Test
    void aConnectionWhoseBodiesWereReadGetsMoreRequests() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ImpatientProxy proxy = ImpatientProxy.withUnsent(server.getLocalPort(), 76 * 1024);
                Http2Socket client = Http2Socket.open(proxy.port());
                Http2Socket other = Http2Socket.open(proxy.port())) {
            assertThat(resets(other)).isEmpty();
            body(client.headers(1, 0, CALL), 1, 0);
            assertThat(resets(client)).isEmpty();
            try (Http2Socket upstream = Http2Socket.accept(server)) {
                takeBody(upstream);
                assertThat(resets(client.headers(3, 0, CALL))).isEmpty();
            }
        }
    }

    @Test
    void noMoreBodiesOfAConnectionAreDroppedThanExceedTheLimit() throws IOException {
        try (FullListener upstream = new FullListener();
                ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), 200 * 1024);
                Http2Socket client = Http2Socket.open(proxy.port())) {
            begin(client, 5);
            client.send();
            // Before it the connection has a window of 64 KiB.
            client.await(Http2Socket.WINDOW_UPDATE);
            IntStream.range(0, 15).forEach(i -> client.frame(Http2Socket.DATA, 0, 2 * (i % 5) + 1, FRAME));
            assertThat(resets(client)).containsExactly(ENHANCE_YOUR_CALM);
        }
    }

    /** The first body has been read behind its end, but its call has no response. It has more bytes than any of the others. */
    @Test
    void aBodyThatWasReadKeepsNoOthersFromBeingDropped() throws IOException {
        List<Http2Socket> holders = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ImpatientProxy proxy = ImpatientProxy.withUnsent(server.getLocalPort(), 120 * 1024);
                Http2Socket client = Http2Socket.open(proxy.port())) {
            body(client.headers(1, 0, CALL), 1, Http2Socket.END_STREAM);
            assertThat(resets(client)).isEmpty();
            try (Http2Socket upstream = Http2Socket.accept(server)) {
                takeBody(upstream);
                List<Integer> resets = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    Http2Socket holder = Http2Socket.open(proxy.port());
                    holders.add(holder);
                    holder.headers(1, 0, CALL);
                    IntStream.range(0, FRAMES).forEach(frame -> holder.frame(Http2Socket.DATA, 0, 1, FRAME));
                    resets.addAll(resets(holder));
                }
                for (Http2Socket holder : holders) {
                    resets.addAll(resets(holder));
                }
                assertThat(resets).containsOnlyOnce(ENHANCE_YOUR_CALM);
            }
        } finally {
            for (Http2Socket holder : holders) {
                holder.close();
            }
        }
    }

    private static void tinyFrames(Http2Socket socket, int frames) {
        IntStream.range(0, frames).forEach(i -> socket.frame(Http2Socket.DATA, 0, 1, 0));
    }

    /** Tiny pieces need 128 bytes each, of which padding that is returned at once must hide none. */
    @Test
    void tinyPiecesCountWhateverTheirPadding() throws IOException {
        byte[] padded = new byte[257];
        padded[0] = (byte) 255;
        try (FullListener upstream = new FullListener();
                ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), 200 * 1024);
                Http2Socket client = Http2Socket.open(proxy.port())) {
            begin(client, 1);
            List<Integer> resets = List.of();
            for (int batch = 0; batch < 20 && resets.isEmpty(); batch++) {
                IntStream.range(0, 100).forEach(i -> client.frame(Http2Socket.DATA, PADDED, 1, padded));
                resets = resets(client);
            }
            assertThat(resets).startsWith(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void tinyPiecesCountWhateverIsReadOfOtherStreams() throws IOException {
        try (FullListener upstream = new FullListener();
                ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), 200 * 1024);
                Http2Socket client = Http2Socket.open(proxy.port())) {
            begin(client, 1);
            List<Integer> resets = new ArrayList<>();
            for (int batch = 0; batch < 20 && !resets.contains(ENHANCE_YOUR_CALM); batch++) {
                tinyFrames(client, 100);
                int stream = 2 * batch + 3;
                client.headers(stream, 0, ":method: POST", ":scheme: http", ":authority: a", ":path: /nowhere")
                        .frame(Http2Socket.DATA, 0, stream, FRAME);
                resets.addAll(resets(client));
            }
            assertThat(resets).contains(ENHANCE_YOUR_CALM);
        }
    }
}
