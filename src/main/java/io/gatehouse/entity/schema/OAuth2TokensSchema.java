package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.RandomString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Issued tokens: {@code /oauth2_tokens} (docs/reference/oauth2.md#entities), to import, inspect and revoke them. */
final class OAuth2TokensSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "oauth2_tokens",
                    "access_token",
                    List.of(
                            CommonFields.id(),
                            CommonFields.beginsAt(),
                            Field.foreign("service", "services", OnDelete.CASCADE),
                            Field.foreign("credential", "oauth2_credentials", OnDelete.CASCADE)
                                    .required(),
                            Field.string("token_type")
                                    .required()
                                    .oneOf("bearer")
                                    .defaultTo("bearer"),
                            Field.integer("expires_in").required().between(0, Integer.MAX_VALUE),
                            CommonFields.literal(Field.string("access_token"))
                                    .unique()
                                    .digested()
                                    .auto(RandomString::next),
                            CommonFields.literal(Field.string("refresh_token"))
                                    .unique()
                                    .digested(),
                            // Upstreams receive both in headers.
                            CommonFields.headerText(Field.string("authenticated_userid"))
                                    .lengthAtMost(CommonFields.MAX_USER_ID_BYTES)
                                    .filterable()
                                    .check(OAuth2TokensSchema::userIdViolation),
                            CommonFields.headerText(Field.string("scope")),
                            // That of the refresh token, where a refresh has narrowed the other.
                            Field.string("refresh_scope").resetBy("scope"),
                            CommonFields.ttl(),
                            CommonFields.deleteAt()))
            .expandedBy(CommonFields::expandTtl)
            .outsideCatalog()
            .revokingTokens();

    private OAuth2TokensSchema() {}

    /** The column has an index, whose entries PostgreSQL limits. */
    private static @Nullable Object userIdViolation(Object userId) {
        int length = ((String) userId).getBytes(StandardCharsets.UTF_8).length;
        return length <= CommonFields.MAX_USER_ID_BYTES
                ? null
                : "must not be longer than " + CommonFields.MAX_USER_ID_BYTES + " bytes";
    }
}
