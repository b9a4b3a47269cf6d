package io.gatehouse.bus;

import java.util.UUID;

/** Requests the health of an Upstream's targets. */
public record FetchUpstreamHealth(UUID upstreamId) {}
