package io.gatehouse.bus;

import java.util.UUID;

/**
 * An operator says how healthy a target is, on all its addresses; the checks may find otherwise later.
 *
 * @param target {@code host:port}
 */
public record SetTargetHealth(UUID upstreamId, String target, boolean healthy) {}
