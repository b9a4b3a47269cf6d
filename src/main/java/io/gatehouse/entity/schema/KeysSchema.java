package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.JsonWebKey;
import io.gatehouse.syntax.PemPublicKey;
import io.gatehouse.syntax.VaultReference;
import io.gatehouse.tls.PemPrivateKey;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Declares asymmetric keys (docs/reference/admin-api.md#keys), each as a JWK (RFC 7517) or in PEM. */
final class KeysSchema {
    private static final EntityCheck PEM_PARTS = EntityCheck.atLeastOneOf("private_key", "public_key");

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "keys",
                    "name",
                    List.of(
                            CommonFields.id(),
                            Field.foreign("set", "key_sets", OnDelete.CASCADE),
                            Field.string("name").unique().lengthAtMost(CommonFields.MAX_KEY_LENGTH),
                            Field.string("kid").required().lengthAtMost(CommonFields.MAX_KEY_LENGTH),
                            Field.string("jwk").referenceable(),
                            Field.record(
                                            "pem",
                                            Field.string("private_key")
                                                    .referenceable()
                                                    .format("pem-private-key"),
                                            Field.string("public_key")
                                                    .referenceable()
                                                    .format("pem-public-key"))
                                    .check(KeysSchema::pemViolation),
                            CommonFields.tags(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt()),
                    EntityCheck.mutuallyExclusive("jwk", "pem"),
                    EntityCheck.atLeastOneOf("jwk", "pem"),
                    EntityCheck.custom("jwk", KeysSchema::jwkViolation, "jwk", "kid"))
            .uniqueTogether("kid", "set")
            .outsideCatalog();

    private KeysSchema() {}

    @SuppressWarnings("unchecked") // Checked as a record before.
    private static @Nullable Object pemViolation(Object value) {
        Document pem = new Document((Map<String, @Nullable Object>) value);
        Object broken = EntitySchema.broken(List.of(PEM_PARTS), pem);
        if (broken != null) {
            return broken;
        }
        String privatePart = inline(pem.optionalString("private_key"));
        String publicPart = inline(pem.optionalString("public_key"));
        PublicKey publicKey = publicPart == null ? null : PemPublicKey.parse(publicPart);
        if (publicPart != null && publicKey == null) {
            return "could not load public key";
        }
        PrivateKey privateKey = privatePart == null ? null : PemPrivateKey.parse(privatePart);
        if (privatePart != null && privateKey == null) {
            return "could not load private key";
        }
        return publicKey == null || privateKey == null || PemPrivateKey.isPair(publicKey, privateKey)
                ? null
                : "public key does not match private key";
    }

    /** Returns a value that can be checked here; null if it is absent or in a vault. */
    private static @Nullable String inline(@Nullable String value) {
        return VaultReference.isReference(value) ? null : value;
    }

    private static @Nullable String jwkViolation(Document key) {
        String jwk = inline(key.optionalString("jwk"));
        if (jwk == null) {
            return null;
        }
        Map<String, @Nullable Object> members = Json.object(jwk).orElse(null);
        if (members == null) {
            return "could not json decode jwk string";
        }
        if (!key.string("kid").equals(members.get("kid"))) {
            return "kid in jwk.kid must be equal to keys.kid";
        }
        return JsonWebKey.isValid(members) ? null : "could not load JWK, likely not a valid key";
    }
}
