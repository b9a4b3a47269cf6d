/**
 * Sends requests to upstreams: HTTP/1.1 on connections of its own, HTTP/2 with Vert.x's client (docs/adr/0011).
 *
 * <p>Nothing here chooses an upstream or changes a header.
 *
 * <p>Start with {@link UpstreamRequest} and {@link UpstreamConnections}.
 */
@NullMarked
package io.gatehouse.upstream;

import org.jspecify.annotations.NullMarked;
