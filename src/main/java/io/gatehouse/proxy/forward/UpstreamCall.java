package io.gatehouse.proxy.forward;

import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/**
 * The target of an upstream request.
 *
 * @param uri path and query
 * @param host for the Host header, chosen by the client or a plugin; null for that of the Service or its target
 * @param prefix the stripped prefix of the path, for X-Forwarded-Prefix
 * @param hashKey for consistent hashing; any number without it
 */
public record UpstreamCall(
        String uri, @Nullable HostAndPort host, @Nullable String prefix, long hashKey) {}
