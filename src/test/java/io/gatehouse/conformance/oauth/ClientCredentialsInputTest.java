package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tests how the endpoints read client credentials from headers, bodies and queries (RFC 6749 §2.3.1). */
class ClientCredentialsInputTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject()
                .put("enable_introspection", true)
                .put("enable_revocation", true)
                .put("failed_secrets_per_minute", 0));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @TestFactory
    Stream<DynamicTest> basicCredentials_areReadAsSent_thenFormDecoded() {
        JsonObject dashed = api.gatehouse.register(
                "dashed", new JsonObject().put("client_id", "my-app").put("client_secret", "s-e+c%41 ret"));
        JsonObject literal = api.gatehouse.register(
                "literal", new JsonObject().put("client_id", "c%31").put("client_secret", "literal"));
        JsonObject decoded = api.gatehouse.register(
                "decoded", new JsonObject().put("client_id", "c1").put("client_secret", "decoded"));
        assertThat(List.of(dashed, literal, decoded)).doesNotContainNull();
        record Row(String credentials, int status) {}
        return Stream.of(
                        new Row("my-app:s-e+c%41 ret", 200),
                        new Row("my%2Dapp:s%2De%2Bc%2541+ret", 200),
                        new Row("my-app:s%2De%2Bc%2541%20ret", 200),
                        new Row("my-app:s-e c%41 ret", 401),
                        new Row("my-app:s-e+cA ret", 401),
                        new Row("c%31:literal", 200),
                        new Row("c%31:decoded", 401),
                        new Row("c1:decoded", 200),
                        new Row("%631:decoded", 200),
                        new Row("%631:literal", 401),
                        new Row("%zz:decoded", 401),
                        new Row("my%2Dapp:%ff", 401))
                .map(row -> DynamicTest.dynamicTest(
                        row.credentials,
                        () -> withHeader("token", basic(row.credentials), "grant_type=client_credentials")
                                .isStatus(row.status)));
    }

    @TestFactory
    Stream<DynamicTest> malformedAuthorization_isAFailedAuthentication() {
        return Stream.of("token", "introspect", "revoke")
                .flatMap(endpoint -> Stream.of("Basic !!!", "Basic", "Digest x", "Basic ////", "Bearer x")
                        .map(header -> DynamicTest.dynamicTest(endpoint + " " + header, () -> {
                            Reply reply = withHeader(endpoint, header, "grant_type=client_credentials&token=x");
                            reply.isError(401, "invalid_client", "Invalid client authentication");
                            assertThat(reply.header("www-authenticate")).isEqualTo("Basic realm=\"OAuth2.0\"");
                        })));
    }

    @TestFactory
    Stream<DynamicTest> credentialsInHeaderAndBody_areRefused_whenTheyDiffer() {
        String id = api.application.getString("client_id");
        String secret = api.application.getString("client_secret");
        String body = "grant_type=client_credentials&token=x&client_id=" + id;
        String good = basic(id + ":" + secret);
        record Row(String header, String body, int status) {}
        return Stream.of("token", "introspect", "revoke")
                .flatMap(endpoint -> Stream.of(
                                new Row(good, body, 200),
                                new Row(good, body + "&client_secret=" + secret, 200),
                                new Row(good, body + "&client_secret=wrong", 400),
                                new Row(basic(id + ":wrong"), body + "&client_secret=" + secret, 400),
                                new Row(basic("other:" + secret), body + "&client_secret=" + secret, 400),
                                new Row(basic("other:" + secret), body, 400),
                                new Row(good, body.replace(id, "other"), 400),
                                new Row("Basic !!!", body + "&client_secret=" + secret, 400))
                        .map(row -> DynamicTest.dynamicTest(endpoint + " " + row, () -> {
                            Reply reply =
                                    withHeader(endpoint, row.header, row.body).isStatus(row.status);
                            if (row.status == 400) {
                                assertThat(reply.json().getString("error")).isEqualTo("invalid_request");
                            }
                        })));
    }

    @TestFactory
    Stream<DynamicTest> invalidUtf8_isAnInvalidRequest() {
        JsonObject replacement = api.gatehouse.register("replaced", new JsonObject().put("client_secret", "a\ufffd"));
        String id = replacement.getString("client_id");
        String url = api.gatehouse.secureUrl("/api/oauth2/token");
        String rest = "grant_type=client_credentials&client_id=" + id + "&client_secret=";
        String part = "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";
        String multipart = part.formatted("grant_type", "client_credentials") + part.formatted("client_id", id)
                + part.formatted("client_secret", "a\u00ff") + "--b--\r\n";
        record Row(String name, Supplier<Reply> request) {}
        return Stream.of(
                        new Row("%ff in a form", () -> Http.send(Http.request("POST", url, FORM, rest + "a%ff"))),
                        new Row("%80 in a form", () -> Http.send(Http.request("POST", url, FORM, rest + "a%80"))),
                        new Row("raw byte in a form", () -> bytes(url, FORM, rest + "a\u00ff")),
                        new Row(
                                "%fe in a query",
                                () -> Http.send(Http.request("POST", url + "?" + rest + "a%fe", FORM, ""))),
                        new Row(
                                "state in a query",
                                () -> Http.send(Http.request("POST", url + "?state=%ff", FORM, rest + "x"))),
                        new Row(
                                "raw byte in JSON",
                                () -> bytes(
                                        url,
                                        "application/json",
                                        "{\"grant_type\":\"client_credentials\",\"client_id\":\"" + id
                                                + "\",\"client_secret\":\"a\u00ff\"}")),
                        new Row(
                                "raw byte in multipart",
                                () -> bytes(url, "multipart/form-data; boundary=b", multipart)))
                .map(row -> DynamicTest.dynamicTest(
                        row.name,
                        () -> row.request.get().isError(400, "invalid_request", "Malformed request body or query")));
    }

    @TestFactory
    Stream<DynamicTest> invalidUtf8_isAFailedAuthentication_inTheHeader() {
        JsonObject replacement =
                api.gatehouse.register("headerReplaced", new JsonObject().put("client_secret", "a\ufffd"));
        byte[] prefix = (replacement.getString("client_id") + ":a").getBytes(StandardCharsets.US_ASCII);
        return Stream.of(0xff, 0xfe, 0x80)
                .map(last -> DynamicTest.dynamicTest(Integer.toHexString(last), () -> {
                    byte[] credentials = Arrays.copyOf(prefix, prefix.length + 1);
                    credentials[prefix.length] = (byte) last.intValue();
                    withHeader(
                                    "token",
                                    "Basic " + Base64.getEncoder().encodeToString(credentials),
                                    "grant_type=client_credentials")
                            .isError(401, "invalid_client", "Invalid client authentication");
                }));
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private static Reply withHeader(String endpoint, String authorization, String body) {
        return Http.send(Http.request("POST", api.gatehouse.secureUrl("/api/oauth2/" + endpoint), FORM, body)
                .header("Authorization", authorization));
    }

    /** The text as one byte for each character. */
    private static Reply bytes(String url, String type, String latin1) {
        return Http.send(Http.request("POST", url, type, "")
                .POST(HttpRequest.BodyPublishers.ofByteArray(latin1.getBytes(StandardCharsets.ISO_8859_1))));
    }
}
