package io.gatehouse.token;

import io.gatehouse.oauth.SharedFacts;

/**
 * Facts as PostgreSQL had them at a moment.
 *
 * @param asOf no later than the read, in seconds since the epoch by PostgreSQL's clock
 */
public record CachedFacts(SharedFacts facts, long asOf) {}
