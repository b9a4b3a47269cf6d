package io.gatehouse.store.entity;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.schema.Document;
import io.gatehouse.store.InvalidationLog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes the effect of a committed write.
 *
 * @param before the entity before the write; null if it is new
 * @param after the entity after the write; null if it was deleted
 * @param catalogVersion the version of the configuration that contains the write; 0 if the data path does not use the entity
 * @param invalidated digests of credentials that have changed: every cache must evict them. If there are more than
 *     {@link InvalidationLog#MAX_LISTED}, the list is not complete, and every cache must evict everything
 */
public record WriteResult(
        @Nullable Document before, @Nullable Document after, long catalogVersion, List<CredentialDigest> invalidated) {}
