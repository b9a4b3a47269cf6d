package bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.Locale;

/** A kept-alive HTTP/1.1 connection, one request at a time; all of it on one event loop. */
final class Lane {
    private static final String VERSION = "HTTP/1.1 ";
    private static final int STATUS_DIGITS = 3;
    private static final String LENGTH = "\r\ncontent-length:";
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    private final NetSocket socket;
    private Buffer received = Buffer.buffer();
    private long from;

    /** Receives every response, whatever its status, or the failure. */
    interface Listener {
        void answered(Lane lane, int status, Buffer body);

        void failed(String reason);
    }

    Lane(NetSocket socket, Listener listener) {
        this.socket = socket;
        socket.handler(data -> {
            received = received.length() == 0 ? data : received.appendBuffer(data);
            look(listener);
        });
        socket.exceptionHandler(failure -> listener.failed(String.valueOf(failure.getMessage())));
        socket.closeHandler(closed -> listener.failed("the connection was closed"));
    }

    /** Sends a request whose time counts from {@code from}. */
    void send(Buffer request, long from) {
        this.from = from;
        socket.write(request);
    }

    /** Since the moment the time of the last request counts from. */
    long microsSince(long now) {
        return (now - from) / 1_000;
    }

    void close() {
        socket.closeHandler(null);
        socket.close();
    }

    private void look(Listener listener) {
        int end = endOfHead();
        if (end < 0) {
            return;
        }
        String head = received.getString(0, end, "ISO-8859-1");
        int at = head.toLowerCase(Locale.ROOT).indexOf(LENGTH);
        if (!head.startsWith(VERSION) || at < 0) {
            listener.failed(
                    "answered " + head.lines().findFirst().orElse("nothing") + (at < 0 ? ", length unknown" : ""));
            return;
        }
        int begin = end + END_OF_HEAD.length;
        int line = head.indexOf('\r', at + LENGTH.length());
        String length = head.substring(at + LENGTH.length(), line < 0 ? head.length() : line);
        int whole = begin + Integer.parseInt(length.strip());
        if (received.length() >= whole) {
            Buffer body = received.getBuffer(begin, whole);
            received = Buffer.buffer();
            int status = Integer.parseInt(head.substring(VERSION.length(), VERSION.length() + STATUS_DIGITS));
            listener.answered(this, status, body);
        }
    }

    private int endOfHead() {
        for (int i = 0; i + END_OF_HEAD.length <= received.length(); i++) {
            if (received.getByte(i) == '\r'
                    && received.getByte(i + 1) == '\n'
                    && received.getByte(i + 2) == '\r'
                    && received.getByte(i + 3) == '\n') {
                return i;
            }
        }
        return -1;
    }
}
