package io.gatehouse.testing;

import io.gatehouse.bus.NodeDirectory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Lists one node as the only member, without a cluster. */
public record LoneNode(String nodeId) implements NodeDirectory {
    @Override
    public String label(String node) {
        return "host/admin/" + node;
    }

    @Override
    public List<String> nodes() {
        return List.of(nodeId);
    }

    @Override
    public List<String> issuers() {
        return nodes();
    }

    @Override
    public CompletionStage<Boolean> isStarting(String node) {
        return CompletableFuture.completedFuture(false);
    }
}
