package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.schema.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a committed write did.
 *
 * @param before the entity as it was, or null if it is new
 * @param after the entity as it is, or null if it is gone
 * @param catalogVersion the version of the configuration that has it; 0 when the data path does not run on it
 * @param invalidated digests of tokens, keys and groups about which something changed: every cache must forget them
 */
public record WriteResult(
        @Nullable Document before, @Nullable Document after, long catalogVersion, List<CredentialDigest> invalidated) {}
