package io.gatehouse.bus;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.CredentialState;

/** Requests the state of the credential with a digest. */
public record LookUpCredentials(CredentialState.Kind kind, CredentialDigest digest) {}
