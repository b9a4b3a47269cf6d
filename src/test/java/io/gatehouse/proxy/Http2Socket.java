package io.gatehouse.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** HTTP/2 as frames on a socket (RFC 9113), for connections that no client would make. */
public final class Http2Socket implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 1;
    public static final int ACK = 1;
    public static final int END_HEADERS = 4;
    private static final int PRIORITISED = 0x20;

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final Socket socket;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    /** Of all HEADERS that come, in order, as HPACK wants it. */
    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false);

    /** A frame that came. */
    public record Frame(int type, int flags, int stream, Buffer payload) {
        /** Of RST_STREAM and GOAWAY. */
        public int errorCode() {
            return payload.getInt(type == GOAWAY ? 4 : 0);
        }
    }

    private Http2Socket(Socket socket) {
        this.socket = socket;
    }

    /** Returns a connection without a preface. */
    private static Http2Socket raw(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return new Http2Socket(socket);
    }

    /** A connection with the preface alone. */
    public static Http2Socket greeted(int port) throws IOException {
        return raw(port).bytes(PREFACE);
    }

    /** A connection with preface and SETTINGS. */
    public static Http2Socket open(int port) throws IOException {
        return greeted(port).frame(SETTINGS, 0, 0);
    }

    /** Accepts a connection of a client, with SETTINGS as the next frame to send. */
    public static Http2Socket accept(ServerSocket server) throws IOException {
        Socket accepted = server.accept();
        accepted.setSoTimeout(TIMEOUT_MILLIS);
        accepted.getInputStream().readNBytes(PREFACE.length());
        return new Http2Socket(accepted).frame(SETTINGS, 0, 0);
    }

    private Http2Socket bytes(String bytes) {
        waiting.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Adds a frame to the next send. The numbers of the payload are bytes. */
    public Http2Socket frame(int type, int flags, int stream, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return frame(type, flags, stream, bytes);
    }

    public Http2Socket frame(int type, int flags, int stream, byte[] payload) {
        for (int value : new int[] {payload.length >> 16, payload.length >> 8, payload.length, type, flags}) {
            waiting.write(value);
        }
        waiting.writeBytes(number(stream));
        waiting.writeBytes(payload);
        return this;
    }

    /** HEADERS with fields as {@code name: value}, none of them compressed. */
    public Http2Socket headers(int stream, int flags, String... fields) {
        return frame(HEADERS, flags | END_HEADERS, stream, block(fields));
    }

    /** A block of literal fields that are never indexed (RFC 7541 §6.2.3). */
    public static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String field : fields) {
            int colon = field.startsWith(": ") ? 0 : field.indexOf(':', 1);
            block.write(0x10);
            string(block, field.substring(0, colon));
            string(block, field.substring(colon + 1).stripLeading());
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        // RFC 7541 §5.1: a length of up to 126 in one byte, a longer one in groups of seven bits after it.
        int rest = bytes.length - 127;
        block.write(Math.min(bytes.length, 127));
        for (; rest >= 128; rest >>= 7) {
            block.write((rest & 127) | 128);
        }
        if (bytes.length >= 127) {
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    public static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    /** Sends the added frames. Returns false if the gateway has closed the connection. */
    public boolean send() {
        try {
            socket.getOutputStream().write(waiting.toByteArray());
            waiting.reset();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The status of a HEADERS frame that came; each must be asked for once, in order. */
    public int status(Frame frame) {
        return Integer.parseInt(fields(frame).status().toString());
    }

    /** The fields of a HEADERS frame that came; each must be asked for once, in order. */
    public Http2Headers fields(Frame frame) {
        int priority = (frame.flags() & PRIORITISED) == 0 ? 0 : 5;
        ByteBuf block = Unpooled.wrappedBuffer(frame.payload().getBytes()).skipBytes(priority);
        try {
            return headers.decodeHeaders(frame.stream(), block);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next frame of the type. */
    public Frame await(int type) throws IOException {
        for (Frame frame = read(); ; frame = read()) {
            if (frame.type() == type) {
                return frame;
            }
        }
    }

    public Frame read() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = (in.readUnsignedShort() << 8) | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        return new Frame(type, flags, stream, Buffer.buffer(in.readNBytes(length)));
    }

    /** All frames until the gateway closes the connection. */
    public List<Frame> readToEnd() throws IOException {
        List<Frame> frames = new ArrayList<>();
        try {
            while (true) {
                frames.add(read());
            }
        } catch (EOFException | SocketException closed) {
            return frames;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
