package io.gatehouse.bus;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.CredentialState;

/** Asks what is known of something that was shown. */
public record LookUpCredentials(CredentialState.Kind kind, CredentialDigest digest) {}
