package io.gatehouse.bus;

import java.util.UUID;

/**
 * Sets the health of a target for an operator, on all its addresses. Later checks may change it.
 *
 * @param target {@code host:port}
 */
public record SetTargetHealth(UUID upstreamId, String target, boolean healthy) {}
