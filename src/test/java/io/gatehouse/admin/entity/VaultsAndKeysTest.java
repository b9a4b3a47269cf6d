package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests vaults, keys and key sets (docs/reference/admin-api.md#vaults). */
class VaultsAndKeysTest {
    private static final String COORDINATE = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";

    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aVaultHasAPrefixThatReplacesItsId() {
        Reply created = node.put("/vaults/secrets", Map.of("name", "env", "config", Map.of("prefix", "APP_")));
        assertThat(created.status()).as(created.text()).isEqualTo(200);
        assertThat(created.json().fieldNames())
                .containsExactly("id", "prefix", "name", "description", "config", "created_at", "updated_at", "tags");
        assertThat(created.json().getJsonObject("config")).isEqualTo(new JsonObject().put("prefix", "APP_"));
        assertThat(node.get("/vaults/" + created.id()).json()).isEqualTo(created.json());
        assertThat(node.patch("/vaults/secrets", Map.of("tags", List.of("blue")))
                        .status())
                .isEqualTo(200);
        assertThat(node.get("/tags/blue").data())
                .containsExactly(new JsonObject()
                        .put("entity_name", "vaults")
                        .put("entity_id", created.id())
                        .put("tag", "blue"));
        assertThat(node.delete("/vaults/secrets").status()).isEqualTo(204);
        assertThat(node.get("/vaults/secrets").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "env|prefix: must not be one of: env",
                "Upper|prefix: invalid value: Upper",
                "a|prefix: invalid value: a",
                "1st|prefix: invalid value: 1st",
                "ends-|prefix: invalid value: ends-",
                "with_underscore|prefix: invalid value: with_underscore"
            })
    void aPrefixIsALowerCaseWord(String prefix, String violation) {
        assertThat(node.post("/vaults", Map.of("name", "env", "prefix", prefix)).message())
                .isEqualTo("schema violation (" + violation + ")");
    }

    @Test
    void theOnlyTypeOfVaultIsTheEnvironment() {
        assertThat(node.post("/vaults", Map.of("name", "hcv", "prefix", "mine")).message())
                .isEqualTo("schema violation (name: vault 'hcv' is not installed)");
    }

    @Test
    void aReferenceIsAcceptedOnlyWhereTheSchemaAllowsIt() {
        JsonObject pair = new JsonObject().put("cert", Pem.read("rsa.pem")).put("key", "{vault://env/x}");
        assertThat(node.post("/certificates", pair).status()).isEqualTo(201);
        assertThat(node.post("/ca_certificates", Map.of("cert", "{vault://env/x}"))
                        .status())
                .isEqualTo(400);
        assertThat(node.post("/certificates", pair.copy().put("key", "vault://env/x"))
                        .status())
                .isEqualTo(400);
    }

    private static String jwk(String kid, String members) {
        return "{\"kid\":\"" + kid + "\"," + members + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"kty\":\"oct\",\"k\":\"c2VjcmV0\"",
                "\"kty\":\"RSA\",\"n\":\"v2KA\",\"e\":\"AQAB\",\"alg\":\"RS256\"",
                "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + COORDINATE + "\",\"y\":\"" + COORDINATE + "\"",
                "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + COORDINATE + "\",\"d\":\"" + COORDINATE + "\""
            })
    void aJwkOfEveryTypeIsAKey(String members) {
        Map<String, Object> key = Map.of("kid", "k", "jwk", jwk("k", members));
        Reply created = node.post("/keys", key);
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().getString("jwk")).isEqualTo(key.get("jwk"));
        assertThat(node.delete("/keys/" + created.id()).status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"use\":\"sig\"",
                "\"kty\":\"RSA\",\"n\":\"v2KA\"",
                "\"kty\":\"RSA\",\"n\":\"v2KA\",\"e\":\"***\"",
                "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"",
                "\"kty\":\"EC\",\"crv\":\"P-999\",\"x\":\"" + COORDINATE + "\",\"y\":\"" + COORDINATE + "\"",
                "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAB\"",
                "\"kty\":\"oct\"",
                "\"kty\":7"
            })
    void anIncompleteJwkIsNoKey(String members) {
        assertThat(node.post("/keys", Map.of("kid", "k", "jwk", jwk("k", members)))
                        .message())
                .isEqualTo("schema violation (could not load JWK, likely not a valid key)");
    }

    private static String armoured(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void aKeyInPemHasAPublicOrAPrivatePartOrAPair(String algorithm) throws NoSuchAlgorithmException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        KeyPair pair = generator.generateKeyPair();
        KeyPair other = generator.generateKeyPair();
        JsonObject open = new JsonObject()
                .put("public_key", armoured("PUBLIC KEY", pair.getPublic().getEncoded()));
        JsonObject secret = new JsonObject()
                .put("private_key", armoured("PRIVATE KEY", pair.getPrivate().getEncoded()));
        JsonObject wrong = new JsonObject()
                .put("private_key", armoured("PRIVATE KEY", other.getPrivate().getEncoded()));

        for (JsonObject pem : List.of(open, secret, open.copy().mergeIn(secret))) {
            Reply created = node.put(
                    "/keys/mine", new JsonObject().put("kid", algorithm).put("pem", pem));
            assertThat(created.status()).as(created.text()).isEqualTo(200);
        }
        assertThat(node.post(
                                "/keys",
                                new JsonObject()
                                        .put("kid", "w")
                                        .put("pem", open.copy().mergeIn(wrong)))
                        .message())
                .isEqualTo("schema violation (pem: public key does not match private key)");
        assertThat(node.post("/keys", Map.of("kid", "w", "pem", Map.of())).message())
                .isEqualTo("schema violation (pem: at least one of these fields must be non-empty:"
                        + " 'private_key', 'public_key')");
        assertThat(node.post("/keys", Map.of("kid", "w", "pem", Map.of("private_key", "x")))
                        .message())
                .isEqualTo("schema violation (pem: could not load private key)");
        node.delete("/keys/mine");
    }

    @Test
    void aKeyHasOneForm() {
        Map<String, Object> both = Map.of(
                "kid",
                "k",
                "jwk",
                jwk("k", "\"kty\":\"oct\",\"k\":\"eA\""),
                "pem",
                Map.of("public_key", "{vault://env/x}"));
        assertThat(node.post("/keys", both).message())
                .isEqualTo("schema violation (only one or none of these fields must be set: 'jwk', 'pem')");
    }

    @Test
    void aKidIsUniqueInItsSetAndASetOwnsItsKeys() {
        String set = node.post("/key-sets", Map.of("name", "partners")).id();
        Map<String, Object> key = Map.of("kid", "one", "jwk", jwk("one", "\"kty\":\"oct\",\"k\":\"eA\""));
        assertThat(node.post("/keys", key).status()).isEqualTo(201);
        assertThat(node.post("/keys", key).status()).isEqualTo(409);
        assertThat(node.post("/key-sets/partners/keys", key).status()).isEqualTo(201);
        assertThat(node.post("/key-sets/" + set + "/keys", key).json().getJsonObject("fields"))
                .isEqualTo(new JsonObject().put("kid", "one").put("set", new JsonObject().put("id", set)));
        String inSet = node.get("/key-sets/partners/keys").data().get(0).getString("id");
        assertThat(node.get("/keys/" + inSet + "/set").id()).isEqualTo(set);
        assertThat(node.get("/keys").data()).hasSize(2);

        assertThat(node.delete("/key-sets/partners").status()).isEqualTo(204);

        assertThat(node.get("/keys/" + inSet).status()).isEqualTo(404);
        assertThat(node.get("/keys").data()).hasSize(1);
    }

    @Test
    void aCertificateIsNamedByEachOfItsSnis() {
        JsonObject pair = new JsonObject().put("cert", Pem.read("rsa.pem")).put("key", Pem.read("rsa.key"));
        Reply created = node.put("/certificates/one.test", pair);
        assertThat(created.status()).as(created.text()).isEqualTo(200);
        assertThat(created.json().getJsonArray("snis")).isEqualTo(new JsonArray().add("one.test"));
        node.patch("/certificates/one.test", Map.of("snis", List.of("one.test", "two.test")));
        assertThat(node.get("/certificates/two.test").id()).isEqualTo(created.id());
        assertThat(node.get("/certificates/two.test/snis").data()).hasSize(2);
        // The name of the path is one of the names.
        assertThat(node.put("/certificates/two.test", pair.copy().put("snis", new JsonArray().add("three.test")))
                        .json()
                        .getJsonArray("snis"))
                .isEqualTo(new JsonArray().add("three.test").add("two.test"));
        assertThat(node.delete("/certificates/two.test").status()).isEqualTo(204);
        assertThat(node.get("/certificates/" + created.id()).status()).isEqualTo(404);
        for (Reply missing : List.of(
                node.get("/certificates/two.test"),
                node.patch("/certificates/two.test", Map.of()),
                node.delete("/certificates/two.test"),
                node.get("/certificates/two.test/snis"))) {
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.json()).isEqualTo(new JsonObject().put("message", "SNI not found"));
        }
    }
}
