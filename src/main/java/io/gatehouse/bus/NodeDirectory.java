package io.gatehouse.bus;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The nodes of the cluster, as this node sees them now. */
public interface NodeDirectory {
    /** This node's name, unique in the cluster and new with every start. */
    String nodeId();

    /** All live nodes, this one included. */
    List<String> nodes();

    /** Those among them that issue and look up tokens, or will as soon as they have started. */
    List<String> issuers();

    /** Whether a node, by its own word, has not begun to listen to the event bus; false when it does not say; never fails. */
    CompletionStage<Boolean> isStarting(String nodeId);
}
