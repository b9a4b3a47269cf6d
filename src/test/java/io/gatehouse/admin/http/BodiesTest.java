package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests request bodies (docs/reference/admin-api.md#bodies). */
class BodiesTest {
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
    void aFormBuildsRecordsAndArraysAndConvertsBySchema() {
        Reply service = node.form("POST", "/services", "name=form&url=http%3A%2F%2Fh%2Fp&retries=3&enabled=false");
        assertThat(service.status()).isEqualTo(201);
        assertThat(service.json().getInteger("retries")).isEqualTo(3);
        assertThat(service.json().getBoolean("enabled")).isFalse();

        Reply plugin = node.form(
                "POST",
                "/plugins",
                "name=oauth2&service.id=" + service.id()
                        + "&config.scopes[2]=b&config.scopes[1]=a&config.scopes[]=c"
                        + "&config.enable_client_credentials=true&config.token_expiration=60&tags=x&tags=y");
        assertThat(plugin.status()).isEqualTo(201);
        JsonObject config = plugin.json().getJsonObject("config");
        assertThat(config.getJsonArray("scopes"))
                .isEqualTo(new JsonArray().add("a").add("b").add("c"));
        assertThat(config.getInteger("token_expiration")).isEqualTo(60);
        assertThat(plugin.json().getJsonArray("tags")).containsExactly("x", "y");

        Reply patched = node.form("PATCH", "/plugins/" + plugin.id(), "config.scopes=only&config.realm=");
        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.json().getJsonObject("config").getJsonArray("scopes"))
                .containsExactly("only");
        assertThat(patched.json().getJsonObject("config").getInteger("token_expiration"))
                .isEqualTo(60);
    }

    @Test
    void aFormFillsMapsAndNestedArrays() {
        Reply route = node.form(
                "POST",
                "/routes",
                "hosts[]=a.example&hosts[]=b.example&headers.x-version[1]=1&headers.x-version[2]=2"
                        + "&headers[x-mode]=dark&strip_path=false&service=");
        assertThat(route.status()).as(route.text()).isEqualTo(201);
        assertThat(route.json().getJsonArray("hosts")).containsExactly("a.example", "b.example");
        assertThat(route.json().getJsonObject("headers"))
                .isEqualTo(new JsonObject()
                        .put("x-version", new JsonArray().add("1").add("2"))
                        .put("x-mode", new JsonArray().add("dark")));
        assertThat(route.json().getBoolean("strip_path")).isFalse();
    }

    @Test
    void aFormWithTextsOfAnotherTypeGetsTheExpectedTypes() {
        Reply refused = node.form(
                "POST", "/services", "host=h&host=i&port=eighty&enabled=1&nope=x&retries=1.5&tags.a=b&a.b.c=d");
        assertThat(refused.message())
                .isEqualTo("7 schema violations (a: unknown field; enabled: expected a boolean;"
                        + " host: expected a string; nope: unknown field; port: expected an integer;"
                        + " retries: expected an integer; tags: expected a set)");
    }

    @Test
    void aMultipartFormIsParsedLikeAForm() {
        String body = String.join(
                "\r\n",
                "ignored preamble",
                "--b0undary",
                "Content-Disposition: form-data; name=\"username\"",
                "",
                "multi-é",
                "--b0undary",
                "content-disposition: form-data; name=\"tags[]\"",
                "Content-Type: text/plain",
                "",
                "line one",
                "--b0undary",
                "Content-Disposition: form-data; name=tags[]",
                "",
                "two",
                "--b0undary--",
                "");
        Reply created = node.send("POST", "/consumers", "multipart/form-data; boundary=\"b0undary\"", body);
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().getString("username")).isEqualTo("multi-é");
        assertThat(created.json().getJsonArray("tags")).containsExactly("line one", "two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end",
                "--b\r\nno header\r\n--b--",
                "nothing",
                "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"
            })
    void aMalformedMultipartFormIsRejected(String body) {
        Reply refused = node.send("POST", "/consumers", "multipart/form-data; boundary=b", body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).isEqualTo("{\"message\":\"Cannot parse form body\"}");
    }

    @Test
    void aFormHasAtMostAThousandFields() {
        String full = "name=ip-restriction" + "&config.allow=10.0.0.1".repeat(999);
        assertThat(node.form("POST", "/plugins", full).status()).isEqualTo(201);

        Reply refused = node.form("POST", "/plugins", full + "&config.allow=10.0.0.1");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).isEqualTo("{\"message\":\"Too many arguments\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%zz", "a=%f", "a=%ff", "%=1", "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1"})
    void aMalformedFormIsRejected(String body) {
        assertThat(node.form("POST", "/consumers", body).status()).isEqualTo(400);
        assertThat(node.form("POST", "/consumers", body).text()).isEqualTo("{\"message\":\"Cannot parse form body\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "null",
                "5",
                "\"text\"",
                "{\"a\":1}x",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "// c\n{}",
                " ",
                "{\"tags\":[\"x\",]}",
                "\u0000"
            })
    void aBodyThatIsNotAJsonObjectIsRejected(String body) {
        Reply refused = node.send("POST", "/services", "application/json", body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).isEqualTo("{\"message\":\"Cannot parse JSON body\"}");
    }

    @Test
    void textThatIsNoUtf8IsRefused() {
        byte[] latin = "{\"name\":\"é\",\"host\":\"h\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = "{\"name\":\"e\",\"host\":\"h\"}".getBytes(StandardCharsets.UTF_16LE);
        byte[] overlong = {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'};
        for (byte[] body : new byte[][] {latin, utf16, overlong}) {
            Reply refused = node.send("POST", "/services", "application/json; charset=utf-8", body);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.message()).isEqualTo("Cannot parse JSON body");
        }
    }

    @Test
    void aBodyOfAnotherTypeIsUnsupported() {
        for (String type : new String[] {"text/plain", "application/xml", "application/jsonx", "json", "*/*"}) {
            Reply refused = node.send("POST", "/services", type, "{}");
            assertThat(refused.status()).isEqualTo(415);
            assertThat(refused.text()).isEmpty();
        }
        String none = RawHttp.send(
                node.port(),
                "POST /services HTTP/1.1",
                "Host: localhost",
                "Content-Length: 0",
                "Content-Type: text/css");
        assertThat(none).startsWith("HTTP/1.1 415");
    }

    @Test
    void twoContentTypesAreRejected() {
        String answer = RawHttp.send(
                node.port(),
                "POST /services HTTP/1.1",
                "Host: localhost",
                "Content-Length: 0",
                "Content-Type: application/json",
                "Content-Type: application/x-www-form-urlencoded");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("Only one Content-Type header is allowed");
    }

    @Test
    void anEmptyJsonBodyIsMalformedAndAnEmptyFormHasNoFields() {
        node.send("PUT", "/consumers/empty");
        for (String method : new String[] {"PUT", "PATCH"}) {
            Reply json = node.send(method, "/consumers/empty", "application/json", "");
            assertThat(json.status()).as(method).isEqualTo(400);
            assertThat(json.text()).isEqualTo("{\"message\":\"Cannot parse JSON body\"}");
            assertThat(node.form(method, "/consumers/empty", "").status()).isEqualTo(200);
            for (String body : new String[] {"", "--b--\r\n"}) {
                assertThat(node.send(method, "/consumers/empty", "multipart/form-data; boundary=b", body)
                                .status())
                        .isEqualTo(200);
            }
        }
        assertThat(node.send("POST", "/consumers", "application/json", "").message())
                .isEqualTo("Cannot parse JSON body");
        assertThat(node.send("POST", "/services", "multipart/form-data; boundary=b", "")
                        .message())
                .isEqualTo("schema violation (host: required field missing)");
    }

    @Test
    void aMissingBodyIsAcceptedIfNoFieldIsRequired() {
        assertThat(node.send("PUT", "/consumers/bodiless").status()).isEqualTo(200);
        assertThat(node.send("PATCH", "/consumers/bodiless").status()).isEqualTo(200);
        assertThat(node.send("POST", "/consumers").message())
                .isEqualTo("schema violation (at least one of these fields must be non-empty:"
                        + " 'custom_id', 'username')");
        assertThat(node.sendWith("DELETE", "/consumers/bodiless", "Content-Type", "application/json")
                        .status())
                .isEqualTo(204);
    }

    @Test
    void textThatCannotBeStoredIsAViolation() {
        for (String text : new String[] {"a\\u0000b", "\\ud800", "x\\udc00y"}) {
            String body = "{\"host\":\"h\",\"tags\":[\"" + text + "\"],\"service\":1}";
            Reply refused = node.send("POST", "/services", "application/json", body);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.message()).contains("tags.1: must not contain NUL or unpaired surrogate characters");
            String reference = "{\"paths\":[\"/\"],\"service\":{\"name\":\"" + text + "\"}}";
            assertThat(node.send("POST", "/routes", "application/json", reference)
                            .status())
                    .isEqualTo(400);
            String unknown = "{\"" + text + "\":1}";
            assertThat(node.send("POST", "/services", "application/json", unknown)
                            .status())
                    .isEqualTo(400);
        }
        String emoji = "{\"username\":\"\\ud83d\\ude00\"}";
        assertThat(node.send("POST", "/consumers", "application/json", emoji)
                        .json()
                        .getString("username"))
                .isEqualTo("😀");
    }
}
