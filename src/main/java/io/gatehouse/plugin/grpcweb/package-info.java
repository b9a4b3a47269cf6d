/**
 * Implements the {@code grpc-web} plugin.
 *
 * <p>How a request reaches a Service of gRPC does not belong here; the proxy does that.
 *
 * <p>Start with {@link GrpcWebHandler}.
 */
@NullMarked
package io.gatehouse.plugin.grpcweb;

import org.jspecify.annotations.NullMarked;
