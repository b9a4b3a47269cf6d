package io.gatehouse.bus;

import java.util.UUID;

/** Asks how healthy an Upstream's targets are. */
public record AskUpstreamHealth(UUID upstreamId) {}
