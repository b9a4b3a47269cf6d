package io.gatehouse.bus;

import java.util.List;

/** The nodes of the cluster, as this node sees them now. */
public interface NodeDirectory {
    /** This node's name, unique in the cluster and new with every start. */
    String nodeId();

    /** All live nodes, this one included. */
    List<String> nodes();

    /** Those among them that issue and look up tokens, or will as soon as they have started. */
    List<String> issuers();
}
