package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests certificates, SNIs and authorities (docs/reference/admin-api.md#entities). */
class CertificatesTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static JsonObject pair(String certificate, String key, String... snis) {
        JsonObject pair = new JsonObject().put("cert", Pem.read(certificate)).put("key", Pem.read(key));
        return snis.length == 0 ? pair : pair.put("snis", new JsonArray(List.of(snis)));
    }

    @ParameterizedTest
    @CsvSource({"rsa.pem,rsa.key", "rsa.pem,rsa-pkcs1.key", "ec.pem,ec.key", "ec.pem,ec-sec1.key"})
    void everyKeyFormatOfOpenSslIsAccepted(String certificate, String key) {
        Reply created = node.post("/certificates", pair(certificate, key));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().getString("cert")).isEqualTo(Pem.read(certificate));
        assertThat(created.json().getJsonArray("snis")).isEmpty();
    }

    @Test
    void aKeyMustMatchItsCertificate() {
        Reply reply = node.post("/certificates", pair("rsa.pem", "ec.key"));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getJsonObject("fields").getJsonArray("@entity"))
                .isEqualTo(new JsonArray().add("certificate does not match key"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rsa.pem|rsa-pkcs1.key|certificate and alternative certificate need to have different type (e.g. RSA and"
                        + " ECDSA), the provided certificates were both of the same type",
                "ec.pem|rsa.key|alternative certificate does not match key"
            })
    void theSecondPairIsOneOfAnotherType(String certificate, String key, String violation) {
        JsonObject pairs = pair("rsa.pem", "rsa.key").put("cert_alt", Pem.read(certificate));

        Reply reply = node.post("/certificates", pairs.put("key_alt", Pem.read(key)));

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.json().getJsonObject("fields").getJsonArray("@entity")).containsExactly(violation);
        Reply created = node.post(
                "/certificates", pairs.put("cert_alt", Pem.read("ec.pem")).put("key_alt", Pem.read("ec.key")));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        node.delete("/certificates/" + created.id());
    }

    @Test
    void invalidPemIsRejected() {
        Reply reply = node.post("/certificates", Map.of("cert", "nonsense", "key", "nonsense"));
        assertThat(reply.json().getString("message"))
                .isEqualTo("2 schema violations (cert: invalid certificate: not X.509 in PEM;"
                        + " key: invalid key: no private key in PEM)");
    }

    @Test
    void serverNamesAreWrittenAndReadWithTheirCertificate() {
        String id = node.post("/certificates", pair("rsa.pem", "rsa.key", "b.test", "a.test"))
                .id();
        assertThat(node.get("/certificates/" + id).json().getJsonArray("snis"))
                .isEqualTo(new JsonArray().add("a.test").add("b.test"));
        assertThat(node.get("/snis/a.test").json().getJsonObject("certificate").getString("id"))
                .isEqualTo(id);
        assertThat(node.get("/snis/a.test/certificate").id()).isEqualTo(id);

        node.patch("/certificates/" + id, Map.of("snis", List.of("b.test", "*.c.test")));
        assertThat(node.get("/snis/a.test").status()).isEqualTo(404);
        assertThat(node.get("/certificates/" + id + "/snis").data()).hasSize(2);

        node.delete("/certificates/" + id);
        assertThat(node.get("/snis/b.test").status()).isEqualTo(404);
    }

    @Test
    void serverNamesAreSorted_inEveryOrderOfARequest() {
        Reply created = node.post("/certificates", pair("rsa.pem", "rsa.key", "b.sorted.test", "a-b.test", "a.test"));
        assertThat(created.json().getJsonArray("snis")).containsExactly("a-b.test", "a.test", "b.sorted.test");
        long version = node.catalogVersion();

        JsonArray reversed = new JsonArray().add("b.sorted.test").add("a.test").add("a-b.test");
        Reply again = node.put("/certificates/" + created.id(), created.json().put("snis", reversed));

        assertThat(again.json().getJsonArray("snis")).containsExactly("a-b.test", "a.test", "b.sorted.test");
        assertThat(node.get("/certificates/" + created.id()).json().getJsonArray("snis"))
                .containsExactly("a-b.test", "a.test", "b.sorted.test");
        assertThat(node.catalogVersion()).as("nothing changed").isEqualTo(version);
        node.delete("/certificates/" + created.id());
    }

    @Test
    void aReplacementWithoutServerNames_deletesThem() {
        String path = "/certificates/"
                + node.post("/certificates", pair("rsa.pem", "rsa.key", "replaced.test"))
                        .id();

        Reply replaced = node.put(path, pair("ec.pem", "ec.key"));

        assertThat(replaced.status()).as(replaced.text()).isEqualTo(200);
        assertThat(replaced.json().getJsonArray("snis")).isEmpty();
        assertThat(node.get(path).json().getJsonArray("snis")).isEmpty();
        assertThat(node.get("/snis/replaced.test").status()).isEqualTo(404);
        node.delete(path);
    }

    @Test
    void aReplacementThroughAReference_keepsTheServerNames() {
        String path = "/certificates/"
                + node.post("/certificates", pair("rsa.pem", "rsa.key", "kept.test"))
                        .id();

        Reply replaced = node.put("/snis/kept.test/certificate", pair("ec.pem", "ec.key"));

        assertThat(replaced.json().getString("cert")).isEqualTo(Pem.read("ec.pem"));
        assertThat(node.get(path).json().getJsonArray("snis")).containsExactly("kept.test");
        node.delete(path);
    }

    @Test
    void nullOfTheServerNames_deletesThem() {
        String path = "/certificates/"
                + node.post("/certificates", pair("rsa.pem", "rsa.key", "unset.test"))
                        .id();
        assertThat(node.patch(path, Map.of("tags", List.of("a"))).json().getJsonArray("snis"))
                .containsExactly("unset.test");

        Reply patched = node.patch(path, new JsonObject().putNull("snis"));

        assertThat(patched.status()).as(patched.text()).isEqualTo(200);
        assertThat(patched.json().getJsonArray("snis")).isEmpty();
        assertThat(node.get("/snis/unset.test").status()).isEqualTo(404);
        node.delete(path);
    }

    @Test
    void aServerNameHasOneCertificateAndARejectedWriteStoresNothing() {
        String holder = node.post("/certificates", pair("rsa.pem", "rsa.key", "taken.test"))
                .id();
        int before = node.get("/certificates").data().size();

        Reply reply = node.post("/certificates", pair("ec.pem", "ec.key", "free.test", "taken.test"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getJsonObject("fields").getString("snis"))
                .isEqualTo("taken.test already associated with existing certificate '" + holder + "'");
        assertThat(node.get("/certificates").data()).hasSize(before);
        assertThat(node.get("/snis/free.test").status()).isEqualTo(404);
    }

    @Test
    void aServerNameIsListedOnce() {
        Reply reply = node.post("/certificates", pair("rsa.pem", "rsa.key", "twice.test", "x.test", "twice.test"));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).isEqualTo("schema violation (snis: twice.test is duplicated)");
        String id = node.post("/certificates", pair("rsa.pem", "rsa.key", "once.test"))
                .id();
        assertThat(node.patch("/certificates/" + id, Map.of("snis", List.of("once.test", "once.test")))
                        .status())
                .isEqualTo(400);
        assertThat(node.patch("/certificates/" + id, Map.of("snis", List.of("once.test")))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anAuthorityOfAServiceCannotBeDeleted() {
        String id = node.post("/ca_certificates", Map.of("cert", Pem.read("rsa.pem")))
                .id();
        String path = "/ca_certificates/" + id;
        String service = node.post("/services", Map.of("url", "https://h", "ca_certificates", List.of(id)))
                .id();

        Reply refused = node.delete(path);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json())
                .isEqualTo(new JsonObject()
                        .put("code", 19)
                        .put("name", "referenced by others")
                        .put(
                                "message",
                                "ca certificate " + id + " is still referenced by services (id = " + service + ")"));
        node.patch("/services/" + service, new JsonObject().putNull("ca_certificates"));
        assertThat(node.delete(path).status()).isEqualTo(204);
        Reply unknown = node.patch("/services/" + service, Map.of("ca_certificates", List.of(id)));
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.message())
                .isEqualTo("the foreign key '{id=\"" + id + "\"}' does not reference an existing"
                        + " 'ca_certificates' entity.");
        assertThat(node.post("/services", Map.of("url", "https://h", "ca_certificates", List.of(id)))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aCertificateOfAServiceCannotBeDeleted() {
        String id = node.post("/certificates", pair("rsa.pem", "rsa.key")).id();
        JsonObject service = new JsonObject()
                .put("name", "mutual")
                .put("url", "https://h")
                .put("client_certificate", new JsonObject().put("id", id));
        assertThat(node.post("/services", service).status()).isEqualTo(201);

        Reply reply = node.delete("/certificates/" + id);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getString("message"))
                .isEqualTo("an existing 'services' entity references this 'certificates' entity");
        assertThat(node.get("/certificates/" + id + "/services").data()).hasSize(1);
    }

    @Test
    void anAuthorityIsIdentifiedByItsDigestAndStoredOnce() {
        Reply created = node.post("/ca_certificates", Map.of("cert", Pem.read("rsa.pem")));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().getString("cert_digest")).matches("[0-9a-f]{64}");

        Reply again = node.post("/ca_certificates", Map.of("cert", Pem.read("rsa.pem")));
        assertThat(again.status()).isEqualTo(409);
        node.delete("/ca_certificates/" + created.id());
    }

    @Test
    void aCertificateThatIsNotAnAuthoritysIsRejected() {
        Reply reply = node.post("/ca_certificates", Map.of("cert", Pem.read("ec.pem")));
        String noAuthority = "certificate does not appear to be a CA because it is missing the \"CA\" basic constraint";
        assertThat(reply.message()).isEqualTo("schema violation (" + noAuthority + ")");
        assertThat(reply.json().getJsonObject("fields"))
                .isEqualTo(new JsonObject().put("@entity", new JsonArray().add(noAuthority)));
        Reply two = node.post("/ca_certificates", Map.of("cert", Pem.read("rsa.pem") + Pem.read("rsa.pem")));
        assertThat(two.message()).isEqualTo("schema violation (please submit only one certificate at a time)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "PATCH", "DELETE"})
    void anAuthorityIsFoundByItsIdAlone(String method) {
        Reply reply = method.equals("GET") || method.equals("DELETE")
                ? node.send(method, "/ca_certificates/name")
                : node.json(method, "/ca_certificates/name", Map.of("cert", Pem.read("rsa.pem")));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json())
                .isEqualTo(new JsonObject()
                        .put("code", 1)
                        .put("name", "invalid primary key")
                        .put("message", "invalid primary key: '{id=\"expected a valid UUID\"}'")
                        .put("fields", new JsonObject().put("id", "expected a valid UUID")));
        assertThat(node.get("/ca_certificates").data()).isEmpty();
    }
}
