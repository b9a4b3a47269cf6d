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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Declares the credentials of the jwt plugin: {@code /jwts} and {@code /consumers/{c}/jwt}. */
final class JwtSecretsSchema {
    /** As in openid-connect. A verification takes 0.3 ms. */
    private static final int MAX_RSA_BITS = 8_192;

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "jwt_secrets",
                    "key",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.consumer(),
                            CommonFields.key(),
                            CommonFields.literal(Field.string("secret"))
                                    .auto(RandomString::next)
                                    .secret(),
                            Field.string("rsa_public_key").format("pem-public-key"),
                            Field.string("algorithm")
                                    .required()
                                    .oneOf(
                                            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384",
                                            "ES512", "PS256", "PS384", "PS512", "EdDSA")
                                    .defaultTo("HS256"),
                            CommonFields.tags()),
                    publicKey("required field missing", key -> key == null),
                    publicKey("invalid key", key -> key instanceof String pem && PemPublicKey.parse(pem) == null),
                    // Kong accepts a key that does not fit, with which no token is valid, and a longer RSA key.
                    EntityCheck.custom(
                            "public_key_fits_algorithm", JwtSecretsSchema::misfit, "algorithm", "rsa_public_key"))
            .at("jwts", "jwt")
            .outsideCatalog();

    private JwtSecretsSchema() {}

    /** Requires a public key for an algorithm that is not HMAC. HMAC ignores the field, as Kong does. */
    private static EntityCheck publicKey(String violation, Predicate<@Nullable Object> isBroken) {
        return EntityCheck.conditional(
                "algorithm",
                "rsa_public_key",
                violation,
                credential -> needsKey(credential) && isBroken.test(credential.get("rsa_public_key")));
    }

    private static boolean needsKey(Document credential) {
        return !credential.string("algorithm").startsWith("HS");
    }

    private static @Nullable String misfit(Document credential) {
        String pem = credential.optionalString("rsa_public_key");
        PublicKey key = pem == null || !needsKey(credential) ? null : PemPublicKey.parse(pem);
        if (key == null) {
            return null;
        }
        String algorithm = credential.string("algorithm");
        if (!PemPublicKey.fits(key, algorithm)) {
            return "rsa_public_key: invalid key for algorithm " + algorithm;
        }
        return PemPublicKey.isLongerThan(key, MAX_RSA_BITS)
                ? "rsa_public_key: an RSA key has at most " + MAX_RSA_BITS + " bits"
                : null;
    }
}
