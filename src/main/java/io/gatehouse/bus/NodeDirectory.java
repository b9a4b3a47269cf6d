package io.gatehouse.bus;

import java.util.List;

/** The nodes of the cluster, as this node sees them now. */
public interface NodeDirectory {
    /** This node's name, unique in the cluster and new with every start. */
    String nodeId();

    /** All live nodes, this one included. */
    List<String> nodes();
}
