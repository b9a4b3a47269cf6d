package io.gatehouse.lookup;

import io.gatehouse.credential.SharedCredentialState;

/**
 * Holds the state of a credential as PostgreSQL had it at a moment.
 *
 * @param asOf no later than the read, in seconds since the epoch by PostgreSQL's clock
 */
public record CachedCredential(SharedCredentialState state, long asOf) {}
