package io.gatehouse.routing;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A protocol that the proxy serves. Kong's others, such as {@code tcp}, are stored and not proxied. */
enum Protocol {
    HTTP(80),
    HTTPS(443),
    GRPC(80),
    GRPCS(443);

    private final int defaultPort;

    Protocol(int defaultPort) {
        this.defaultPort = defaultPort;
    }

    static @Nullable Protocol of(String scheme) {
        return switch (scheme) {
            case "http" -> HTTP;
            case "https" -> HTTPS;
            case "grpc" -> GRPC;
            case "grpcs" -> GRPCS;
            default -> null;
        };
    }

    static Set<Protocol> of(Set<String> schemes) {
        Set<Protocol> protocols = EnumSet.noneOf(Protocol.class);
        for (String scheme : schemes) {
            Protocol protocol = of(scheme.toLowerCase(Locale.ROOT));
            if (protocol != null) {
                protocols.add(protocol);
            }
        }
        return protocols;
    }

    int defaultPort() {
        return defaultPort;
    }

    boolean isTls() {
        return this == HTTPS || this == GRPCS;
    }

    /** Returns the same protocol over TLS. */
    Protocol overTls() {
        return switch (this) {
            case HTTP, HTTPS -> HTTPS;
            case GRPC, GRPCS -> GRPCS;
        };
    }
}
