package io.gatehouse.routing;

import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RequestTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a request decides its route. The proxy's own request object implements it, so that matching copies nothing. */
public interface RouteRequest {

    String method();

    /** {@code http}, {@code https}, {@code grpc} or {@code grpcs}; no route serves another one. */
    String scheme();

    /** Null when the client named no host (HTTP/1.0). */
    @Nullable
    Authority authority();

    /** {@link RequestTarget#path()}. */
    String path();

    /** All values of a header, whatever the case of its name; empty when it is absent. */
    List<String> headers(String name);

    /** The name the client asked for in the TLS handshake; null without TLS, or when it named none. */
    @Nullable
    String sni();
}
