package io.gatehouse.bus;

import io.gatehouse.credential.CredentialDigest;
import java.util.List;

/** Something about these tokens, keys or groups changed: whatever is remembered of them is no longer true. */
public record InvalidateCredentials(List<CredentialDigest> digests) {}
