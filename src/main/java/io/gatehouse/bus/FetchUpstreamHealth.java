package io.gatehouse.bus;

import java.util.UUID;

/** Asks how healthy an Upstream's targets are. */
public record FetchUpstreamHealth(UUID upstreamId) {}
