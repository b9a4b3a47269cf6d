package io.gatehouse.proxy.forward;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.proxy.client.PartialHeadDetector;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.tunnel.EarlyBytes;
import io.gatehouse.proxy.tunnel.Tunnel;
import io.gatehouse.proxy.tunnel.Tunnels;
import io.gatehouse.upstream.UpgradeRequest;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Handles the handshake of a request that asks for a WebSocket (RFC 6455 §4).
 *
 * <p><i>Invariant</i>: the client's connection serves no request after it, whether the upstream agrees or not.
 */
public final class Handshake {
    static final int SWITCHING_PROTOCOLS = 101;

    private static final CharSequence UPGRADE = HttpHeaders.UPGRADE;
    private static final String WEBSOCKET = "websocket";
    private static final String KEY = "sec-websocket-key";
    /** 16 bytes in Base64 (RFC 6455 §4.2.1). */
    private static final Pattern KEY_FORM = Pattern.compile("[A-Za-z0-9+/]{22}==");
    /** RFC 6455 §1.3. */
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ProxyExchange exchange;
    private final Channel client;
    private final EarlyBytes early;
    private final Tunnels tunnels;

    private Handshake(ProxyExchange exchange, Channel client, EarlyBytes early, Tunnels tunnels) {
        this.exchange = exchange;
        this.client = client;
        this.early = early;
        this.tunnels = tunnels;
    }

    /**
     * Whether the request asks for a WebSocket. Any other {@code Upgrade} is ignored, as is one in HTTP/1.0 (RFC 9110 §7.8).
     */
    public static boolean isAsked(HttpServerRequest request) {
        return request.headers().contains(UPGRADE)
                && request.version() == HttpVersion.HTTP_1_1
                && request.method().equals(HttpMethod.GET)
                && lists(request.headers(), HttpHeaders.CONNECTION, UPGRADE)
                && lists(request.headers(), UPGRADE, WEBSOCKET);
    }

    /**
     * Whether the upstream receives one valid key (RFC 6455 §4.2.1). Otherwise its 101 could accept another key than the client's, and
     * would count against it.
     */
    public static boolean hasKey(HttpServerRequest request) {
        List<String> keys = request.headers().getAll(KEY);
        return keys.size() == 1
                && KEY_FORM.matcher(keys.get(0)).matches()
                && !lists(request.headers(), HttpHeaders.CONNECTION, KEY);
    }

    private static boolean lists(MultiMap headers, CharSequence name, CharSequence token) {
        for (String value : headers.getAll(name)) {
            for (String each : value.split(",", -1)) {
                if (each.trim().equalsIgnoreCase(token.toString())) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Prepares the connection of a client that asks for a WebSocket. Returns false if the handshake had to wait for the response to an
     * earlier request: the bytes behind it may have been read as a request by now. {@code budget} limits the bytes behind handshakes.
     */
    public static boolean begin(ProxyExchange exchange, UnsentBudget budget) {
        HttpServerRequest request = exchange.request();
        HttpServerResponse response = request.response();
        if (!PartialHeadDetector.isHandling(channel(request))) {
            return false;
        }
        EarlyBytes.hold(channel(request), budget);
        exchange.editResponseHead(headers -> headers.set(
                HttpHeaders.CONNECTION,
                response.getStatusCode() == SWITCHING_PROTOCOLS ? HttpHeaders.UPGRADE : HttpHeaders.CLOSE));
        response.bodyEndHandler(refused -> request.connection().close());
        return true;
    }

    /** Returns the handshake of a request for which {@link #begin} was called; null for any other. */
    static @Nullable Handshake of(ProxyExchange exchange, Tunnels tunnels) {
        HttpServerRequest request = exchange.request();
        if (request.version() != HttpVersion.HTTP_1_1 || !request.headers().contains(UPGRADE)) {
            return null;
        }
        Channel client = channel(request);
        EarlyBytes early = EarlyBytes.of(client);
        return early == null ? null : new Handshake(exchange, client, early, tunnels);
    }

    private static Channel channel(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel();
    }

    /** Adds the headers that ask the upstream for a WebSocket. They belong to the gateway's own connection. */
    static void askFor(MultiMap upstream) {
        upstream.set(HttpHeaders.CONNECTION, UPGRADE);
        upstream.set(UPGRADE, WEBSOCKET);
    }

    /** Whether the headers of a 101 accept the handshake (RFC 6455 §4.1). */
    boolean isAgreed(MultiMap headers) {
        String key = exchange.request().getHeader(KEY);
        return key != null
                && lists(headers, HttpHeaders.CONNECTION, UPGRADE)
                && WEBSOCKET.equalsIgnoreCase(headers.get(UPGRADE))
                && accept(key).equals(headers.get("sec-websocket-accept"));
    }

    private static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key.trim() + ACCEPT_SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            // Every Java platform has it.
            throw new IllegalStateException(impossible);
        }
    }

    /** Passes the upstream's 101 and joins both connections. Completes when they have ended. */
    Future<Void> join(UpgradeRequest upstream) {
        Tunnel tunnel = tunnels.tunnel(exchange);
        upstream.takeOver(tunnel.upstream());
        exchange.request().response().headers().set(UPGRADE, WEBSOCKET);
        return exchange.request()
                .toNetSocket()
                .onFailure(closed -> tunnel.discard())
                .compose(socket -> tunnel.start(client, early));
    }
}
