package io.gatehouse.proxy.forward;

import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream is asked for.
 *
 * @param uri path and query
 * @param host for the Host header
 * @param prefix what was stripped of the path, for X-Forwarded-Prefix
 * @param hashKey what assigns the request to a peer; any number when nothing does
 */
public record UpstreamCall(
        String uri, HostAndPort host, @Nullable String prefix, long hashKey) {}
