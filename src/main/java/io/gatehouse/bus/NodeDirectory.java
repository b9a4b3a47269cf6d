package io.gatehouse.bus;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Lists the members of the cluster, as this node sees them now. */
public interface NodeDirectory {
    /** This node's id: unique in the cluster and new with every start. */
    String nodeId();

    /**
     * Returns a node's host name, roles and id for operators, such as {@code pod-1/proxy/ID}. If it is no member, or one of an older
     * version, returns its id alone. Never fails.
     */
    default String label(String nodeId) {
        return nodeId;
    }

    /** All members, this node included. */
    List<String> nodes();

    /** The members with the role token-issuer, those that are starting included. */
    List<String> issuers();

    /** Whether a node reports that it has not registered its handlers yet; false if it does not reply. Never fails. */
    CompletionStage<Boolean> isStarting(String nodeId);
}
