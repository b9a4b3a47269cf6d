package io.gatehouse.proxy.flood;

import static io.gatehouse.proxy.flood.FloodUpstream.ascii;

import io.gatehouse.proxy.Http2Socket;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** HTTP/2 connections that send all they may, or more, or take nothing. */
final class Http2Floods {
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int FRAME = 16 * 1024;
    /** Just below the window that a stream begins with. */
    private static final int STREAM_BYTES = 3 * FRAME;

    /** Of one connection: together just below its window of 1 MiB. */
    private static final int STREAMS = 20;

    private static final int READING_STREAMS = 10;
    /** What a connection may have. */
    private static final int MAX_STREAMS = 100;

    /** The responses are 30 MB. */
    private static final int HEADS = 200_000;

    private Http2Floods() {}

    /** Fills the windows of the connection and of its streams. */
    static FloodClients.Flood upload(String contentType) {
        return upload(contentType, STREAMS, FRAME);
    }

    /** Fills the window of the connection, evenly by all its streams; one that is reset ends the connection. */
    static FloodClients.Flood upload(String contentType, int streams, int frame) {
        byte[] data = new byte[frame];
        int frames = STREAMS * STREAM_BYTES / streams / frame;
        return connection -> {
            begin(connection);
            DataInputStream in = new DataInputStream(connection.getInputStream());
            // The window of the connection grows when the gateway says so.
            while (read(in) != Http2Socket.WINDOW_UPDATE) {}
            OutputStream out = new BufferedOutputStream(connection.getOutputStream(), 2 * FRAME);
            for (int stream = 1; stream < 2 * streams; stream += 2) {
                out.write(request("POST", contentType, stream, 0));
                for (int i = 0; i < frames; i++) {
                    out.write(frame(Http2Socket.DATA, 0, stream, data));
                }
            }
            out.flush();
            while (read(in) != Http2Socket.RST_STREAM) {}
            throw new IOException("a stream was reset");
        };
    }

    /** Sends without regard to the windows. */
    static void beyondItsWindows(Socket connection) throws IOException {
        begin(connection);
        OutputStream out = connection.getOutputStream();
        for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
            out.write(request("POST", "text/plain", stream, 0));
        }
        while (true) {
            for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
                out.write(frame(Http2Socket.DATA, 0, stream, new byte[FRAME]));
            }
        }
    }

    /** Asks for many responses with all windows open, and reads nothing. */
    static FloodClients.Flood unread(String contentType) {
        return connection -> {
            OutputStream out = connection.getOutputStream();
            out.write(ascii(PREFACE));
            out.write(FloodUpstream.windows());
            for (int stream = 1; stream < 2 * READING_STREAMS; stream += 2) {
                out.write(request(
                        contentType.equals("text/plain") ? "GET" : "POST",
                        contentType,
                        stream,
                        Http2Socket.END_STREAM));
            }
        };
    }

    /** Opens more streams for responses without a body than the systems' buffers hold, and reads nothing. */
    static FloodClients.Flood heads(String path) {
        byte[] block = Http2Socket.block(":method: HEAD", ":scheme: http", ":authority: a", ":path: " + path);
        // Once for all connections, which would need more of the machine than the node.
        ByteArrayOutputStream heads = new ByteArrayOutputStream();
        for (int i = 0; i < HEADS; i++) {
            heads.writeBytes(
                    frame(Http2Socket.HEADERS, Http2Socket.END_HEADERS | Http2Socket.END_STREAM, 2 * i + 1, block));
        }
        byte[] bytes = heads.toByteArray();
        return connection -> {
            begin(connection);
            connection.getOutputStream().write(bytes);
        };
    }

    /** Opens streams with large heads, whose bodies never come. */
    static void largeHeads(Socket connection) throws IOException {
        begin(connection);
        String[] fields = new String[12];
        System.arraycopy(
                new String[] {":method: POST", ":scheme: http", ":authority: a", ":path: /flood"}, 0, fields, 0, 4);
        for (int i = 4; i < fields.length; i++) {
            fields[i] = "x-large-" + i + ": " + "x".repeat(1_900);
        }
        byte[] block = Http2Socket.block(fields);
        for (int stream = 1; stream < 2 * MAX_STREAMS; stream += 2) {
            connection.getOutputStream().write(frame(Http2Socket.HEADERS, Http2Socket.END_HEADERS, stream, block));
        }
    }

    /** Sends bodies of 1 MiB less one byte, as far as the windows allow. */
    static void unendedBodies(Socket connection, String path) throws IOException {
        begin(connection);
        DataInputStream in = new DataInputStream(connection.getInputStream());
        while (read(in) != Http2Socket.WINDOW_UPDATE) {}
        OutputStream out = connection.getOutputStream();
        byte[] block = Http2Socket.block(
                ":method: POST", ":scheme: http", ":authority: a", ":path: " + path, "content-type: application/json");
        for (int stream = 1; stream < 2 * MAX_STREAMS; stream += 2) {
            out.write(frame(Http2Socket.HEADERS, Http2Socket.END_HEADERS, stream, block));
        }
        byte[] data = new byte[FRAME];
        long window = 1024 * 1024;
        for (int i = 0; i < 63; i++) {
            for (int stream = 1; stream < 2 * MAX_STREAMS; stream += 2) {
                for (; window < FRAME; window += windowUpdate(in)) {}
                out.write(frame(Http2Socket.DATA, 0, stream, data));
                window -= FRAME;
            }
        }
    }

    /** Reads one frame; returns the increment of a WINDOW_UPDATE for the connection, otherwise 0. */
    private static int windowUpdate(DataInputStream in) throws IOException {
        int length = (in.readUnsignedShort() << 8) | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        in.readUnsignedByte();
        int stream = in.readInt();
        if (type == Http2Socket.WINDOW_UPDATE && stream == 0) {
            return in.readInt();
        }
        in.skipNBytes(length);
        return 0;
    }

    private static void begin(Socket connection) throws IOException {
        OutputStream out = connection.getOutputStream();
        out.write(ascii(PREFACE));
        out.write(frame(Http2Socket.SETTINGS, 0, 0, new byte[0]));
        // Without a request the gateway says nothing about windows.
        out.flush();
    }

    private static byte[] request(String method, String contentType, int stream, int flags) {
        byte[] block = Http2Socket.block(
                ":method: " + method,
                ":scheme: http",
                ":authority: a",
                ":path: /flood",
                "content-type: " + contentType,
                "te: trailers");
        return frame(Http2Socket.HEADERS, Http2Socket.END_HEADERS | flags, stream, block);
    }

    /** Reads one frame; returns its type. */
    private static int read(DataInputStream in) throws IOException {
        int length = (in.readUnsignedShort() << 8) | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        in.skipNBytes(5L + length);
        return type;
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (int value : new int[] {payload.length >> 16, payload.length >> 8, payload.length, type, flags}) {
            frame.write(value);
        }
        frame.writeBytes(Http2Socket.number(stream));
        frame.writeBytes(payload);
        return frame.toByteArray();
    }
}
