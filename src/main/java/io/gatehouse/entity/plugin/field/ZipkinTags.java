package io.gatehouse.entity.plugin.field;

import java.util.List;

/** Lists the tags of the {@code zipkin} plugin that only the gateway sets. */
public final class ZipkinTags {
    /** No configuration and no client may set them. */
    public static final List<String> OF_GATEWAY = List.of(
            "error",
            "http.method",
            "http.path",
            "http.status_code",
            "kong.balancer.state",
            "kong.balancer.try",
            "kong.consumer",
            "kong.credential",
            "kong.node.id",
            "kong.route",
            "kong.service",
            "lc",
            "peer.hostname");

    private ZipkinTags() {}
}
