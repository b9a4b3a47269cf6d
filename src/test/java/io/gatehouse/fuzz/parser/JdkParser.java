package io.gatehouse.fuzz.parser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatehouse.fuzz.wire.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Parses with the JDK's HTTP server. */
public final class JdkParser implements Parser {
    private static final int OK = 200;
    private static final int NO_BODY = -1;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    public JdkParser() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", JdkParser::answer);
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders()
                .set(
                        "X-Saw",
                        Wire.hex(exchange.getRequestMethod())
                                + ' '
                                + Wire.hex(exchange.getRequestURI().toString())
                                + ' '
                                + Wire.hex(header(exchange, "Host"))
                                + ' '
                                + header(exchange, "Content-Length")
                                + ' '
                                + header(exchange, "Transfer-Encoding")
                                + ' '
                                + body.length
                                + ' '
                                + Wire.sha1(body));
        exchange.sendResponseHeaders(OK, NO_BODY);
        exchange.close();
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "-" : value;
    }

    @Override
    public String name() {
        return "the JDK";
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
