package io.gatehouse.store.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.schema.EntitySchema;
import java.util.Optional;

/** Leaves clients that have registered themselves (RFC 7591) out of lists. decK deletes what it lists and does not know. */
final class RegisteredClients {
    /** The condition that a row with tags is not one that a registration has created. */
    static final String EXCLUDED = "NOT coalesce(tags ? '" + ClientMetadata.REGISTERED + "', false)";

    /** Of the second secrets that an operator has given to such clients: an export would have no client for them. */
    private static final String SECRETS_EXCLUDED =
            "NOT EXISTS (SELECT FROM oauth2_credentials c WHERE c.id = oauth2_secrets.credential_id AND c.tags ? '"
                    + ClientMetadata.REGISTERED + "')";

    private RegisteredClients() {}

    /** Whether a registration creates a row of this kind. */
    static boolean haveRowsIn(EntitySchema schema) {
        return schema.equals(EntitySchemas.OAUTH2_CREDENTIALS) || schema.equals(EntitySchemas.OAUTH2_METADATA);
    }

    /** The condition of a list; empty if it has all entities, or asks for those of registered clients by their tag. */
    static Optional<String> exclusion(EntitySchema schema, ListQuery query) {
        if (query.tags().contains(ClientMetadata.REGISTERED)) {
            return Optional.empty();
        }
        if (haveRowsIn(schema)) {
            return Optional.of(EXCLUDED);
        }
        // A list of the secrets of one client names the client.
        return schema.equals(EntitySchemas.OAUTH2_SECRETS) && query.equal().isEmpty()
                ? Optional.of(SECRETS_EXCLUDED)
                : Optional.empty();
    }
}
