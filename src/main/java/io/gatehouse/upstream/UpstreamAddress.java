package io.gatehouse.upstream;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the destination of HTTP/1.1 connections. A request may use any connection with an equal address.
 *
 * <p>In clear text only the server counts. With TLS the server name and the TLS options do too.
 *
 * @param name the server name of the TLS handshake; empty without TLS
 * @param port that belongs to the name; the server's may differ
 * @param tls null without TLS
 */
public record UpstreamAddress(
        SocketAddress server,
        String name,
        int port,
        @Nullable ClientSSLOptions tls) {

    public static UpstreamAddress of(SocketAddress server, String host, int port, @Nullable ClientSSLOptions tls) {
        return tls == null
                ? new UpstreamAddress(server, "", server.port(), null)
                : new UpstreamAddress(server, host, port, tls);
    }

    /** Hashes the cheap parts alone, because this runs for every request. The hash of TLS options reads all their fields. */
    @Override
    public int hashCode() {
        return 31 * server.hashCode() + name.hashCode();
    }

    /** Returns the options to connect, without a time limit. */
    public ConnectOptions connectOptions() {
        ConnectOptions options = new ConnectOptions().setRemoteAddress(server);
        if (tls == null) {
            return options;
        }
        options.setHost(name).setPort(port).setSsl(true).setSslOptions(tls);
        // The JDK sends names with a dot itself, and none for an address.
        return isPlainName(name) ? options.setSniServerName(name) : options;
    }

    /** Whether it is neither an address nor a name with a dot. The JDK sends such a name only if it is set explicitly. */
    public static boolean isPlainName(String host) {
        return host.indexOf('.') < 0 && host.indexOf(':') < 0;
    }
}
