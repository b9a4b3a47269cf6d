package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.RandomString;
import io.gatehouse.syntax.PemPublicKey;
import java.security.PublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the credentials of the jwt plugin: {@code /jwts} and {@code /consumers/{c}/jwt}. */
final class JwtSecretsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "jwt_secrets",
                    "key",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.consumer(),
                            CommonFields.key(),
                            Field.string("secret").lengthAtLeast(1).auto(RandomString::next),
                            Field.string("rsa_public_key"),
                            Field.string("algorithm")
                                    .required()
                                    .oneOf(
                                            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384",
                                            "ES512", "PS256", "PS384", "PS512", "EdDSA")
                                    .defaultTo("HS256"),
                            CommonFields.tags()),
                    EntityCheck.custom("public_key_fits_algorithm", JwtSecretsSchema::keyViolation))
            .at("jwts", "jwt")
            .outsideCatalog();

    private JwtSecretsSchema() {}

    private static @Nullable String keyViolation(Document credential) {
        String pem = credential.optionalString("rsa_public_key");
        String algorithm = credential.string("algorithm");
        boolean needsKey = !algorithm.startsWith("HS");
        if (pem == null) {
            return needsKey ? "failed conditional validation given value of field 'algorithm'" : null;
        }
        PublicKey key = PemPublicKey.parse(pem);
        if (key == null) {
            return "rsa_public_key: invalid key";
        }
        return needsKey && !PemPublicKey.fits(key, algorithm)
                ? "rsa_public_key: invalid key for algorithm " + algorithm
                : null;
    }
}
