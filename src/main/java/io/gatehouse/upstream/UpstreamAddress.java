package io.gatehouse.upstream;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What HTTP/1.1 connections to an upstream have in common: of two with the same, a request may use either. In clear text
 * that is where they lead; with TLS it is also whom they asked for, and what both sides had to prove.
 *
 * @param name the server name TLS asks for; empty without TLS
 * @param port beside that name; the server's own may be another
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

    /** Of the cheap parts only, since this runs for every request: the TLS options' own takes them all apart. */
    @Override
    public int hashCode() {
        return 31 * server.hashCode() + name.hashCode();
    }

    ConnectOptions connectOptions() {
        ConnectOptions options = new ConnectOptions().setRemoteAddress(server);
        if (tls == null) {
            return options;
        }
        options.setHost(name).setPort(port).setSsl(true).setSslOptions(tls);
        // The JDK asks for names with a dot of its own accord, and for nothing where there is an address.
        return isPlainName(name) ? options.setSniServerName(name) : options;
    }

    /** Neither an address nor a name with a dot: TLS does not ask for it unless that is forced. */
    public static boolean isPlainName(String host) {
        return host.indexOf('.') < 0 && host.indexOf(':') < 0;
    }
}
