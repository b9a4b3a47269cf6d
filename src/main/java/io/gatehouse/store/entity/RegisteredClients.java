package io.gatehouse.store.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.schema.EntitySchema;
import java.util.Optional;

/** Leaves clients that have registered themselves (RFC 7591) out of lists. decK deletes what it lists and does not know. */
final class RegisteredClients {
    /** The condition that an application is not one that a registration has created. */
    static final String EXCLUDED = "NOT coalesce(tags ? '" + ClientMetadata.REGISTERED + "', false)";

    private RegisteredClients() {}

    /**
     * The condition that an entity is neither such an application nor belongs to one; empty if entities of this kind never do.
     *
     * <p><i>Why the tags of the application decide about what belongs to it</i>: an operator may have created or replaced its metadata
     * or its second secret. An import would delete them, and an export would have no client for them.
     */
    static Optional<String> excluded(EntitySchema schema) {
        if (schema.equals(EntitySchemas.OAUTH2_CREDENTIALS)) {
            return Optional.of(EXCLUDED);
        }
        return schema.equals(EntitySchemas.OAUTH2_METADATA) || schema.equals(EntitySchemas.OAUTH2_SECRETS)
                ? Optional.of("NOT EXISTS (SELECT FROM oauth2_credentials c WHERE c.id = " + schema.name()
                        + ".credential_id AND c.tags ? '" + ClientMetadata.REGISTERED + "')")
                : Optional.empty();
    }

    /** The condition of a list; empty if it has all entities, or asks for those of registered clients by their tag or their client. */
    static Optional<String> exclusion(EntitySchema schema, ListQuery query) {
        boolean isAskedFor = query.tags().contains(ClientMetadata.REGISTERED)
                || query.equal().containsKey("credential");
        return isAskedFor ? Optional.empty() : excluded(schema);
    }
}
