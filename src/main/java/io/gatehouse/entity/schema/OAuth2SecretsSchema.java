package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.RandomString;
import java.util.List;

/**
 * Declares the second secret of an OAuth 2.0 client: {@code /oauth2_secrets} and {@code /oauth2/{id}/secrets}
 * (docs/reference/oauth2.md#entities). The first one is the {@code client_secret} of the credential.
 *
 * <p><i>Invariant</i>: a client has at most one, so at most two secrets are active.
 *
 * <p><i>Why</i>: decK replaces a credential as a whole, so fields of the credential that Kong does not have would be unset.
 */
final class OAuth2SecretsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "oauth2_secrets",
                    null,
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            Field.foreign("credential", "oauth2_credentials", OnDelete.CASCADE)
                                    .required(),
                            CommonFields.literal(Field.string("client_secret"))
                                    .auto(RandomString::next)
                                    .hashedIf("hash_secret"),
                            // No client of Kong needs to read it again.
                            Field.bool("hash_secret").required().defaultTo(true),
                            CommonFields.tags()))
            .at("oauth2_secrets", "secrets")
            .uniqueTogether("credential")
            .outsideCatalog();

    private OAuth2SecretsSchema() {}
}
