package io.gatehouse.proxy.exchange;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Reads the server name of a TLS handshake (RFC 6066 §3). */
public final class ServerName {
    private ServerName() {}

    /** Returns the name that the client sent; null if it sent none. */
    public static @Nullable String of(@Nullable SSLSession session) {
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return null;
    }
}
