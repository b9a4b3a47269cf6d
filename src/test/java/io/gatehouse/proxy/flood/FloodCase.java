package io.gatehouse.proxy.flood;

import static io.gatehouse.proxy.flood.Http1Floods.CHUNKED;
import static io.gatehouse.proxy.flood.Http1Floods.H2C;
import static io.gatehouse.proxy.flood.Http1Floods.HANDSHAKE;
import static io.gatehouse.proxy.flood.Http1Floods.LENGTH;
import static io.gatehouse.proxy.flood.Http1Floods.POST;

import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The behaviour of the clients and of the upstream.
 *
 * @param upstream null: a server that notices when the gateway closes a connection, and goes by flow control
 */
record FloodCase(
        String name,
        int connections,
        String protocol,
        FloodClients.Flood client,
        FloodUpstream.@Nullable Behaviour upstream) {
    private static final int CONNECTIONS = 16;
    private static final int MANY_CONNECTIONS = 200;
    private static final int MOST_CONNECTIONS = 1_000;
    private static final Duration P99 = Duration.ofSeconds(1);
    /** Clients that open 700 connections a second, and connections to the upstream with each, take all of two processors. */
    private static final Duration P99_OF_MOST_HTTP2 = Duration.ofSeconds(5);

    /** Of HTTP, with the usual number of connections. */
    private static FloodCase http(String name, FloodClients.Flood client, FloodUpstream.Behaviour upstream) {
        return new FloodCase(name, CONNECTIONS, "http", client, upstream);
    }

    /** {@code -Dflood.case=gRPC.*} chooses some of them. */
    static Stream<FloodCase> chosen() {
        return all().filter(each -> each.name.matches(System.getProperty("flood.case", ".*")));
    }

    /** The limit of the other client's calls. */
    Duration p99() {
        return name.equals("HTTP/2 upload, 1000") ? P99_OF_MOST_HTTP2 : P99;
    }

    private static Stream<FloodCase> all() {
        FloodClients.Flood upload = Http2Floods.upload("text/plain");
        String grpc = "application/grpc";
        return Stream.of(
                http("HTTP/1.1 upload", Http1Floods.upload(POST + LENGTH), FloodUpstream::ignore),
                http("HTTP/1.1 chunked upload", Http1Floods.chunkedUpload(POST + CHUNKED), FloodUpstream::ignore),
                http(
                        "HTTP/1.1 download",
                        Http1Floods.unread("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n"),
                        FloodUpstream::flood),
                http("HTTP/1.1 pipelined calls", Http1Floods.pipelined("GET /calls"), FloodUpstream::ignore),
                http("HTTP/1.1 pipelined errors", Http1Floods.pipelined("GET /nowhere"), FloodUpstream::ignore),
                new FloodCase(
                        "HTTP/1.1 pipelined errors, many",
                        MANY_CONNECTIONS,
                        "http",
                        Http1Floods.pipelined("GET /nowhere"),
                        FloodUpstream::ignore),
                new FloodCase(
                        "HTTP/1.1 pipelined requests, 1000",
                        MOST_CONNECTIONS,
                        "http",
                        Http1Floods.pipelined("GET /flood"),
                        FloodUpstream::ignore),
                new FloodCase(
                        "HTTP/2 heads of errors, many",
                        MANY_CONNECTIONS,
                        "http",
                        Http2Floods.heads("/nowhere"),
                        FloodUpstream::ignore),
                new FloodCase("HTTP/2 heads, many", 4 * CONNECTIONS, "http", Http2Floods.heads("/flood"), null),
                new FloodCase(
                        "HTTP/2 download, many",
                        4 * CONNECTIONS,
                        "http",
                        Http2Floods.unread("text/plain"),
                        FloodUpstream::flood),
                new FloodCase("HTTP/2 large heads, many", 4 * CONNECTIONS, "http", Http2Floods::largeHeads, null),
                new FloodCase(
                        "HTTP/2 bodies that a plugin reads",
                        CONNECTIONS,
                        "http",
                        connection -> Http2Floods.unendedBodies(connection, "/read"),
                        FloodUpstream::ignore),
                new FloodCase(
                        "HTTP/1.1 responses that a plugin collects, many",
                        MANY_CONNECTIONS,
                        "http",
                        Http1Floods.unread("GET /edit HTTP/1.1\r\nHost: a\r\n\r\n"),
                        FloodUpstream::stopInTheMiddle),
                new FloodCase(
                        "HTTP/1.1 chunks of a byte, many",
                        MANY_CONNECTIONS,
                        "http",
                        Http1Floods.singleBytes(),
                        FloodUpstream::ignore),
                http("HTTP/1.1 trailers behind the response", Http1Floods.lateTrailers(), FloodUpstream::ignore),
                new FloodCase(
                        "HTTP/1.1 trailers without an end, 1000",
                        MOST_CONNECTIONS,
                        "http",
                        Http1Floods.unendedTrailers(),
                        FloodUpstream::ignore),
                http("HTTP/2 upload", upload, FloodUpstream::ignore),
                http("HTTP/2 upload beyond windows", Http2Floods::beyondItsWindows, FloodUpstream::ignore),
                new FloodCase("HTTP/2 upload, many", MANY_CONNECTIONS, "http", upload, FloodUpstream::ignore),
                new FloodCase("HTTP/2 upload, 1000", MOST_CONNECTIONS, "http", upload, FloodUpstream::ignore),
                http(
                        "HTTP/2 upload of 100 streams",
                        Http2Floods.upload("text/plain", 100, 4 * 1024),
                        FloodUpstream::ignore),
                http("HTTP/2 upload of single bytes", Http2Floods.upload("text/plain", 20, 1), FloodUpstream::ignore),
                new FloodCase(
                        "HTTP/1.1 upload, 1000",
                        MOST_CONNECTIONS,
                        "http",
                        Http1Floods.upload(POST + LENGTH),
                        FloodUpstream::ignore),
                new FloodCase(
                        "HTTP/1.1 chunked upload, 1000",
                        MOST_CONNECTIONS,
                        "http",
                        Http1Floods.chunkedUpload(POST + CHUNKED),
                        FloodUpstream::ignore),
                new FloodCase(
                        "WebSocket upload, 1000",
                        MOST_CONNECTIONS,
                        "http",
                        Http1Floods.afterThe101(),
                        FloodUpstream::acceptAndIgnore),
                new FloodCase(
                        "gRPC upload, many",
                        MANY_CONNECTIONS,
                        "grpc",
                        Http2Floods.upload(grpc),
                        FloodUpstream::openWindowsAndIgnore),
                http("HTTP/2 download", Http2Floods.unread("text/plain"), FloodUpstream::flood),
                new FloodCase(
                        "gRPC upload",
                        CONNECTIONS,
                        "grpc",
                        Http2Floods.upload(grpc),
                        FloodUpstream::openWindowsAndIgnore),
                new FloodCase("gRPC download", CONNECTIONS, "grpc", Http2Floods.unread(grpc), null),
                http("WebSocket upload", Http1Floods.afterThe101(), FloodUpstream::acceptAndIgnore),
                http("WebSocket download", Http1Floods.unread(HANDSHAKE + "\r\n"), FloodUpstream::acceptAndFlood),
                http("body before the 101", Http1Floods.upload(HANDSHAKE + LENGTH), FloodUpstream::ignore),
                http(
                        "chunked body before the 101",
                        Http1Floods.chunkedUpload(HANDSHAKE + CHUNKED),
                        FloodUpstream::ignore),
                http("frames before the 101", Http1Floods.upload(HANDSHAKE + "\r\n"), FloodUpstream::ignore),
                http("h2c upgrade with a body", Http1Floods.upload(H2C + LENGTH), FloodUpstream::ignore),
                http(
                        "h2c upgrade with a chunked body",
                        Http1Floods.chunkedUpload(H2C + CHUNKED),
                        FloodUpstream::ignore));
    }

    @Override
    public String toString() {
        return name;
    }
}
