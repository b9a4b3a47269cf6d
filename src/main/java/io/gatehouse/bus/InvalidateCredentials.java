package io.gatehouse.bus;

import io.gatehouse.credential.CredentialDigest;
import java.util.List;

/** Invalidates the cached state of tokens, keys, JWT credentials and groups. */
public record InvalidateCredentials(List<CredentialDigest> digests) {}
