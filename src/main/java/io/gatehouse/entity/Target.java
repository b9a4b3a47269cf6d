package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;

/**
 * Holds one target of an Upstream.
 *
 * @param target {@code host:port}
 * @param weight its share of the Upstream's requests; 0 for none
 */
public record Target(UUID id, UUID upstreamId, String target, int weight) {

    public static Target of(Document document) {
        UUID upstream = document.reference("upstream");
        if (upstream == null) {
            throw new IllegalStateException("a target belongs to an upstream");
        }
        return new Target(document.id(), upstream, document.string("target"), (int) document.integer("weight"));
    }

    public String host() {
        return target.substring(0, target.lastIndexOf(':'));
    }

    public int port() {
        return Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
    }
}
