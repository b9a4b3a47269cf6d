package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.syntax.CertificateName;
import io.gatehouse.syntax.JsonWebKeySet;
import java.util.Arrays;
import java.util.List;

/**
 * Declares what an OAuth 2.0 client registers beside its credentials: {@code /oauth2_metadata} and {@code /oauth2/{id}/metadata}
 * (docs/reference/oauth2.md#entities).
 *
 * <p><i>Why</i>: decK replaces a credential as a whole, so fields of the credential that Kong does not have would be unset.
 */
final class OAuth2MetadataSchema {
    private static final int MAX_JWKS = 32_768;
    private static final int MAX_NAME = 1_024;
    private static final String METHOD = "token_endpoint_auth_method";
    private static final String KEY_METHOD = "private_key_jwt";
    private static final String AUTHORITY_METHOD = "tls_client_auth";
    private static final String REGISTERED_METHOD = "self_signed_tls_client_auth";

    private static final String[] NAMES = Arrays.stream(CertificateName.Kind.values())
            .map(CertificateName.Kind::field)
            .toArray(String[]::new);

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "oauth2_metadata",
                    null,
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt(),
                            Field.foreign("credential", "oauth2_credentials", OnDelete.CASCADE)
                                    .required(),
                            Field.string(METHOD)
                                    .oneOf(
                                            "client_secret_basic",
                                            "client_secret_post",
                                            "client_secret_jwt",
                                            KEY_METHOD,
                                            AUTHORITY_METHOD,
                                            REGISTERED_METHOD),
                            Field.string("jwks")
                                    .lengthAtMost(MAX_JWKS)
                                    .format("json-web-key-set")
                                    .check(jwks -> JsonWebKeySet.violation((String) jwks)),
                            Field.bool("dpop_bound_access_tokens").required().defaultTo(false),
                            name(CertificateName.Kind.SUBJECT).format("distinguished-name"),
                            name(CertificateName.Kind.DNS),
                            name(CertificateName.Kind.URI),
                            name(CertificateName.Kind.IP).format("ip-address"),
                            name(CertificateName.Kind.EMAIL),
                            Field.bool("tls_client_certificate_bound_access_tokens")
                                    .required()
                                    .defaultTo(false),
                            Field.array(
                                    "grant_types",
                                    Field.element()
                                            .oneOf(
                                                    "authorization_code",
                                                    "implicit",
                                                    "client_credentials",
                                                    "password",
                                                    "refresh_token",
                                                    "urn:ietf:params:oauth:grant-type:device_code",
                                                    "urn:ietf:params:oauth:grant-type:token-exchange")),
                            CommonFields.tags()),
                    EntityCheck.conditional(
                            METHOD,
                            "jwks",
                            "required field missing",
                            metadata -> KEY_METHOD.equals(metadata.get(METHOD)) && metadata.get("jwks") == null),
                    EntityCheck.conditional(
                            METHOD,
                            "jwks",
                            "a key with an x5c is required",
                            metadata -> REGISTERED_METHOD.equals(metadata.get(METHOD)) && !hasCertificate(metadata)),
                    EntityCheck.mutuallyExclusive(NAMES),
                    EntityCheck.conditional(
                            METHOD,
                            CertificateName.Kind.SUBJECT.field(),
                            "required field missing, or another tls_client_auth_* field",
                            metadata -> AUTHORITY_METHOD.equals(metadata.get(METHOD))
                                    && !EntityCheck.anySet(metadata, NAMES)))
            .at("oauth2_metadata", "metadata")
            .uniqueTogether("credential")
            .outsideCatalog();

    private OAuth2MetadataSchema() {}

    private static Field name(CertificateName.Kind kind) {
        return Field.string(kind.field())
                .lengthAtMost(MAX_NAME)
                .check(value ->
                        new CertificateName(kind, (String) value).isValid() ? null : "invalid name of a certificate");
    }

    private static boolean hasCertificate(Document metadata) {
        return metadata.get("jwks") instanceof String jwks
                && !JsonWebKeySet.certificates(jwks).isEmpty();
    }
}
