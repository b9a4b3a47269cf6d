/**
 * Serves the proxy role: matches a request to a route, runs its plugins, forwards it.
 *
 * <p>Connections of clients are in {@code proxy.client}, those to upstreams in {@code io.gatehouse.upstream}.
 *
 * <p>Start with {@link ProxyHandler}.
 */
@NullMarked
package io.gatehouse.proxy;

import org.jspecify.annotations.NullMarked;
