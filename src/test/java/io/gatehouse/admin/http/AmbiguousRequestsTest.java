package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests that give one thing several values. */
class AmbiguousRequestsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.post("/services", Map.of("name", "s", "host", "h"));
        node.post("/consumers", Map.of("username", "alex"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/services, tags, a, b",
        "/services, size, 1, 1",
        "/services/s/routes, size, 1, 2",
        "/services, offset, a, b",
        "/consumers, custom_id, a, b",
        "/consumers, custom_id, a, ''",
        "/tags, size, 1, 2",
        "/tags/x, offset, a, b"
    })
    void repeatedQueryParameterIsRejected(String path, String name, String first, String second) {
        Reply reply = node.get(path + "?" + name + "=" + first + "&x=y&" + name + "=" + second);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).isEqualTo("query parameter '" + name + "' is given more than once");
    }

    @Test
    void escapedNameOfAQueryParameterIsTheSameName() {
        assertThat(node.get("/services?tags=a&%74ags=b").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"authenticated_userid", "credential"})
    void bulkRevocationRejectsNul(String name) {
        Reply reply = node.delete("/oauth2_tokens?" + name + "=a%00b");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).isEqualTo(name + " must not contain a NUL");
    }

    @Test
    void repeatedParameterThatNoEndpointReadsIsIgnored() {
        assertThat(node.get("/services?x=1&x=2").status()).isEqualTo(200);
    }

    @Test
    void bulkRevocationWithARepeatedParameterRevokesNothing() {
        String client =
                node.post("/consumers/alex/oauth2", Map.of("name", "app")).id();
        for (String owner : new String[] {"a", "b"}) {
            Map<String, Object> token =
                    Map.of("credential", Map.of("id", client), "expires_in", 60, "authenticated_userid", owner);
            assertThat(node.post("/oauth2_tokens", token).status()).isEqualTo(201);
        }

        assertThat(node.delete("/oauth2_tokens?authenticated_userid=a&authenticated_userid=b")
                        .status())
                .isEqualTo(400);
        assertThat(node.delete("/oauth2_tokens?credential=" + client + "&credential=" + client)
                        .status())
                .isEqualTo(400);
        assertThat(node.get("/oauth2_tokens").data()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host=h&client_certificate=x&client_certificate.id=",
                "host=h&client_certificate=&client_certificate.id=e7d4b1a0-0000-4000-8000-000000000001",
                "host=h&client_certificate.id=&client_certificate[id]=e7d4b1a0-0000-4000-8000-000000000001",
                "host=h&tags[1]=a&tags[1]=b",
                "host=h&tags[1]=a&tags[1].x=b",
                "host=h&name=a&name=b",
                "host=h&name=a&name.b=c"
            })
    void formThatContradictsItselfIsRejected(String form) {
        assertThat(node.form("POST", "/services", form).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name=u1&healthchecks=x&healthchecks.threshold=1",
                "name=u2&healthchecks.active=x&healthchecks.active.concurrency=1",
                "name=u3&healthchecks.active.headers=x&healthchecks.active.headers.a=b",
                "name=u4&healthchecks=&healthchecks.threshold=1"
            })
    void formWithATextAndMembersOfARecordOrMapIsRejected(String form) {
        assertThat(node.form("POST", "/upstreams", form).status()).isEqualTo(400);
    }

    @Test
    void multipartFormThatContradictsItselfIsRejected() {
        String part = "--x\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";
        String body = part.formatted("host", "h")
                + part.formatted("client_certificate", "x")
                + part.formatted("client_certificate.id", "") + "--x--\r\n";

        assertThat(node.send("POST", "/services", "multipart/form-data; boundary=x", body)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void listMayHaveTextsAndMembers() {
        Reply reply = node.form("POST", "/services", "host=h&tags=a&tags[]=b&tags[2]=d&tags[1]=c");

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.json().getJsonArray("tags")).containsExactly("a", "c", "d", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"authenticated_userid=&credential=%s", "authenticated_userid=a&credential=", "credential", ""})
    void bulkRevocationWithAnEmptyParameterRevokesNothing(String query) {
        String client =
                node.post("/consumers/alex/oauth2", Map.of("name", "app")).id();
        String token = node.post(
                        "/oauth2_tokens",
                        Map.of("credential", Map.of("id", client), "expires_in", 60, "authenticated_userid", "a"))
                .id();

        Reply reply = node.delete("/oauth2_tokens?" + query.formatted(client));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message())
                .isEqualTo(
                        query.isEmpty()
                                ? "authenticated_userid or credential is required"
                                : (query.contains("userid=&") ? "authenticated_userid" : "credential")
                                        + " must be an unempty string");
        assertThat(node.get("/oauth2_tokens/" + token).status()).isEqualTo(200);
        node.delete("/oauth2/" + client);
    }
}
