package io.gatehouse.launch.command.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatehouse.config.ListenAddress;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.TreeMap;

/** An API to protect when there is none at hand: answers with what it was asked, headers included. */
public final class EchoUpstream implements AutoCloseable {
    private final HttpServer server;

    private EchoUpstream(HttpServer server) {
        this.server = server;
    }

    /** Listens on loopback; port 0 selects any free one. */
    static EchoUpstream start(int port) throws IOException {
        return start(new ListenAddress("127.0.0.1", port));
    }

    /** Listens on an address; port 0 selects any free one. */
    public static EchoUpstream start(ListenAddress address) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), 0);
        server.createContext("/", EchoUpstream::echo);
        server.start();
        return new EchoUpstream(server);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void echo(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        TreeMap<String, Object> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        byte[] body = new JsonObject()
                .put("method", exchange.getRequestMethod())
                .put("url", exchange.getRequestURI().toString())
                .put("headers", headers)
                .toBuffer()
                .getBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
