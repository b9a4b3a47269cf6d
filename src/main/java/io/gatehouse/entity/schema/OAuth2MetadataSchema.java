package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.syntax.JsonWebKeySet;
import java.util.List;

/**
 * Declares what an OAuth 2.0 client registers beside its credentials: {@code /oauth2_metadata} and {@code /oauth2/{id}/metadata}
 * (docs/reference/oauth2.md#entities).
 *
 * <p><i>Why</i>: decK replaces a credential as a whole, so fields of the credential that Kong does not have would be unset.
 */
final class OAuth2MetadataSchema {
    private static final int MAX_JWKS = 32_768;
    private static final String KEY_METHOD = "private_key_jwt";

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "oauth2_metadata",
                    null,
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt(),
                            Field.foreign("credential", "oauth2_credentials", OnDelete.CASCADE)
                                    .required(),
                            Field.string("token_endpoint_auth_method")
                                    .oneOf(
                                            "client_secret_basic",
                                            "client_secret_post",
                                            "client_secret_jwt",
                                            KEY_METHOD),
                            Field.string("jwks")
                                    .lengthAtMost(MAX_JWKS)
                                    .format("json-web-key-set")
                                    .check(jwks -> JsonWebKeySet.violation((String) jwks)),
                            Field.bool("dpop_bound_access_tokens").required().defaultTo(false),
                            CommonFields.tags()),
                    EntityCheck.conditional(
                            "token_endpoint_auth_method",
                            "jwks",
                            "required field missing",
                            metadata -> KEY_METHOD.equals(metadata.get("token_endpoint_auth_method"))
                                    && metadata.get("jwks") == null))
            .at("oauth2_metadata", "metadata")
            .uniqueTogether("credential")
            .outsideCatalog();

    private OAuth2MetadataSchema() {}
}
