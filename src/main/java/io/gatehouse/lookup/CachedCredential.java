package io.gatehouse.lookup;

import io.gatehouse.credential.SharedCredentialState;

/**
 * Facts as PostgreSQL had them at a moment.
 *
 * @param asOf no later than the read, in seconds since the epoch by PostgreSQL's clock
 */
public record CachedCredential(SharedCredentialState state, long asOf) {}
