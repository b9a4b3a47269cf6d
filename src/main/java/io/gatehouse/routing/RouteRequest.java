package io.gatehouse.routing;

import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RequestTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a request that decide its route.
 *
 * <p><i>Why</i>: the proxy's own request object implements it, so that matching copies nothing.
 */
public interface RouteRequest {

    /** Returns null if Routes of every method match. */
    @Nullable
    String method();

    boolean isTls();

    /** Returns null if the request names no host (HTTP/1.0). */
    @Nullable
    Authority authority();

    /** Returns the port of the authority; if that has none, the port on which clients reach the listener. */
    int port();

    /** Returns {@link RequestTarget#path()}. */
    String path();

    /** Returns all values of a header, by its name in any case; empty if it is absent. */
    List<String> headers(String name);

    /** Returns the server name of the TLS handshake (RFC 6066 §3); null without TLS, and if there was none. */
    @Nullable
    String sni();
}
