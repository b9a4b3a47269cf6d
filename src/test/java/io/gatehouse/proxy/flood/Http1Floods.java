package io.gatehouse.proxy.flood;

import static io.gatehouse.proxy.flood.FloodUpstream.ascii;
import static io.gatehouse.proxy.flood.FloodUpstream.endless;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** HTTP/1.1 connections that send all they may, or take nothing, also before and after an upgrade. */
final class Http1Floods {
    /** Of one write. */
    private static final int PIPELINED = 500;

    static final String HANDSHAKE = String.join(
            "\r\n",
            "GET /flood HTTP/1.1",
            "Host: a",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "");
    static final String H2C = String.join(
            "\r\n",
            "POST /flood HTTP/1.1",
            "Host: a",
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAAP__",
            "");
    static final String LENGTH = "Content-Length: 99999999999\r\n\r\n";
    static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
    static final String POST = "POST /flood HTTP/1.1\r\nHost: a\r\n";

    private Http1Floods() {}

    static FloodClients.Flood upload(String head) {
        return connection -> {
            connection.getOutputStream().write(ascii(head));
            endless(connection.getOutputStream(), new byte[64 * 1024]);
        };
    }

    static FloodClients.Flood pipelined(String request) {
        byte[] block = ascii((request + " HTTP/1.1\r\nHost: a\r\n\r\n").repeat(PIPELINED));
        return connection -> endless(connection.getOutputStream(), block);
    }

    static FloodClients.Flood chunkedUpload(String head) {
        byte[] chunk = new byte[7 + 64 * 1024 + 2];
        System.arraycopy(ascii("10000\r\n"), 0, chunk, 0, 7);
        System.arraycopy(ascii("\r\n"), 0, chunk, chunk.length - 2, 2);
        return connection -> {
            connection.getOutputStream().write(ascii(head));
            endless(connection.getOutputStream(), chunk);
        };
    }

    /** The upstream takes none of them. */
    static FloodClients.Flood singleBytes() {
        byte[] chunks = ascii("1\r\na\r\n".repeat(1024));
        return connection -> {
            connection.getOutputStream().write(ascii(POST + CHUNKED));
            endless(connection.getOutputStream(), chunks);
        };
    }

    /** Each request ends with a large trailer field, after its response. */
    static FloodClients.Flood lateTrailers() {
        String head = "POST /nowhere HTTP/1.1\r\nHost: a\r\nX-Large: " + "x".repeat(20_000) + "\r\n" + CHUNKED;
        byte[] begin = ascii(head + "1\r\na\r\n");
        byte[] end = ascii("0\r\nX-Sum: " + "y".repeat(20_000) + "\r\n\r\n");
        return connection -> {
            InputStream in = connection.getInputStream();
            while (true) {
                connection.getOutputStream().write(begin);
                String response = FloodUpstream.head(in);
                in.readNBytes(Integer.parseInt(response.replaceAll("(?is).*content-length: (\\d+).*", "$1")));
                connection.getOutputStream().write(end);
            }
        };
    }

    /** Each request has as many trailer fields as 32 KiB allow, and no end of them. */
    static FloodClients.Flood unendedTrailers() {
        byte[] request = ascii(POST + CHUNKED + "1\r\na\r\n0\r\n" + "a:\r\n".repeat(16_000));
        return connection -> connection.getOutputStream().write(request);
    }

    static FloodClients.Flood unread(String head) {
        return connection -> connection.getOutputStream().write(ascii(head));
    }

    static FloodClients.Flood afterThe101() {
        return connection -> {
            OutputStream out = connection.getOutputStream();
            out.write(ascii(HANDSHAKE + "\r\n"));
            if (!FloodUpstream.head(connection.getInputStream()).startsWith("HTTP/1.1 101 ")) {
                throw new IOException("refused");
            }
            endless(out, FloodUpstream.frame(true));
        };
    }
}
