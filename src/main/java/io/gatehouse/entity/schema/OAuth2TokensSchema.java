package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.RandomString;
import java.util.List;

/** Declares issued tokens, which clients import, inspect and revoke: {@code /oauth2_tokens} (docs/reference/oauth2.md#entities). */
final class OAuth2TokensSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "oauth2_tokens",
                    "access_token",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            Field.foreign("service", "services", OnDelete.CASCADE),
                            Field.foreign("credential", "oauth2_credentials", OnDelete.CASCADE)
                                    .required(),
                            Field.string("token_type")
                                    .required()
                                    .oneOf("bearer")
                                    .defaultTo("bearer"),
                            Field.integer("expires_in").required().between(0, Integer.MAX_VALUE),
                            Field.string("access_token")
                                    .lengthAtLeast(1)
                                    .unique()
                                    .digested()
                                    .auto(RandomString::next),
                            Field.string("refresh_token")
                                    .lengthAtLeast(1)
                                    .unique()
                                    .digested(),
                            // Upstreams receive both values in headers.
                            CommonFields.headerText(Field.string("authenticated_userid")),
                            CommonFields.headerText(Field.string("scope")),
                            CommonFields.ttl(),
                            CommonFields.deleteAt()))
            .expandedBy(CommonFields::expandTtl)
            .outsideCatalog()
            .revokingTokens();

    private OAuth2TokensSchema() {}
}
