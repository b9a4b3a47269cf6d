package io.gatehouse.conformance.auth;

import static io.gatehouse.conformance.auth.HmacSignatures.authorization;
import static io.gatehouse.conformance.auth.HmacSignatures.hmac;
import static io.gatehouse.conformance.auth.HmacSignatures.now;
import static io.gatehouse.conformance.auth.HmacSignatures.signed;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.Http2Requests;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Reply;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the signatures of hmac-auth, and the credentials and schemas of hmac-auth and standard-webhooks, against Kong 3.10. */
class SignedRequestsTest {
    private static PluginApi api;
    private static String consumer;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        consumer = HmacSignatures.consumer(api);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void aSignatureAuthenticatesItsConsumer() {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("hide_credentials", true));
        Reply reply = signed(api, path, "bob", "s3cret", now(0)).isStatus(200);
        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo(consumer);
        assertThat(reply.upstreamHeader("authorization")).isNull();
    }

    @Test
    void aCredentialThatDoesNotCountIsHiddenToo() {
        JsonObject config = new JsonObject().put("hide_credentials", true).put("anonymous", api.consumer());
        String path = api.protectedBy("hmac-auth", config);
        String date = now(0);
        String valid = authorization("bob", "hmac-sha256", "x-date", hmac("HmacSHA256", "s3cret", "x-date: " + date));
        String request = "GET %s HTTP/1.1\r\nHost: a\r\nX-Date: %s\r\nAuthorization: %s\r\nConnection: close\r\n\r\n";
        for (String value : List.of("hmac username=\"bob\"", valid + "\r\nAuthorization: " + valid)) {
            RawClient.Answer answer = RawClient.send(api.gatehouse, request.formatted(path, date, value));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).contains("x-anonymous-consumer").doesNotContain("bob");
        }
        assertThat(api.gatehouse.get(path, "Authorization", "Bearer other").upstreamHeader("authorization"))
                .isEqualTo("Bearer other");
    }

    @Test
    void bothHeadersAreHidden_whenTheFirstAuthenticates() {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("hide_credentials", true));
        String date = now(0);
        String valid = authorization("bob", "hmac-sha256", "x-date", hmac("HmacSHA256", "s3cret", "x-date: " + date));
        RawClient.Answer answer = api.getWithBoth(path, valid + "\r\nX-Date: " + date, valid.replace("bob", "carol"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains(consumer).doesNotContain("carol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha1", "sha256", "sha384", "sha512"})
    void theRequestLineAndTheTargetCanBeSigned(String hash) {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        String date = now(0);
        String target = path + "/a?b=c";
        String text = "x-date: " + date + "\nGET " + target + " HTTP/1.1\n@request-target: get " + target + "\nx-none:";
        String value = authorization(
                "bob",
                "hmac-" + hash,
                "x-date request-line @request-target x-none",
                hmac("Hmac" + hash, "s3cret", text));
        api.gatehouse.get(target, "X-Date", date, "Authorization", value).isStatus(200);
        api.gatehouse
                .get(target + "d", "X-Date", date, "Authorization", value)
                .isMessage(401, "HMAC signature does not match");
        api.gatehouse
                .get(target, "X-Date", date, "Authorization", value, "X-None", "added")
                .isMessage(401, "HMAC signature does not match");
    }

    @Test
    void anInvalidSignatureIsRejected() {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("realm", "r"));
        Reply missing = api.gatehouse.get(path).isMessage(401, "Unauthorized");
        assertThat(missing.header("www-authenticate")).isEqualTo("hmac realm=\"r\"");
        signed(api, path, "bob", "wrong", now(0)).isMessage(401, "HMAC signature does not match");
        signed(api, path, "eve", "s3cret", now(0)).isMessage(401, "HMAC signature cannot be verified");
        String untimely =
                "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication";
        signed(api, path, "bob", "s3cret", now(-400)).isMessage(401, untimely);
        signed(api, path, "bob", "s3cret", now(400)).isMessage(401, untimely);
        signed(api, path, "bob", "s3cret", "yesterday").isMessage(401, untimely);
        signed(api, path, "bob", "s3cret", "Sun Nov  6 08:49:37 +999999999").isMessage(401, untimely);
        api.gatehouse
                .get(path, "X-Date", now(0), "Authorization", "hmac username=\"bob\"")
                .isMessage(401, "HMAC signature cannot be verified");
    }

    @Test
    void algorithmsAndHeadersCanBeEnforced() {
        String strong = api.protectedBy("hmac-auth", new JsonObject().put("algorithms", List.of("hmac-sha512")));
        signed(api, strong, "bob", "s3cret", now(0)).isMessage(401, "HMAC signature cannot be verified");
        String enforced = api.protectedBy(
                "hmac-auth", new JsonObject().put("enforce_headers", List.of("X-Date", "request-line")));
        signed(api, enforced, "bob", "s3cret", now(0)).isMessage(401, "HMAC signature cannot be verified");
    }

    /** Signs with SHA-256 and sends the headers, of which the first is named. */
    private static Reply sent(String path, String text, String names, String... headers) {
        String value = authorization("bob", "hmac-sha256", names, hmac("HmacSHA256", "s3cret", text));
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Authorization", value));
        return api.gatehouse.get(path, all.toArray(String[]::new));
    }

    @Test
    void namesAreSignedAsTheClientWritesThem() {
        String path = api.protectedBy(
                "hmac-auth", new JsonObject().put("enforce_headers", List.of("x-date", "request-line")));
        String date = now(0);
        sent(path, "X-Date: " + date + "\nGET " + path + " HTTP/1.1", "X-Date request-line", "X-Date", date)
                .isStatus(200);
    }

    /** An absolute target replaces the Host header (RFC 9112 §3.2.2), so a captured signature is of no use for another host. */
    @Test
    void aSignatureOfTheHostCoversTheHostOfAnAbsoluteTarget() {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        String date = now(0);
        String value = authorization(
                "bob",
                "hmac-sha256",
                "x-date host",
                hmac("HmacSHA256", "s3cret", "x-date: " + date + "\nhost: a.test"));
        String request =
                "GET http://%s%s HTTP/1.1\r\nHost: a.test\r\nX-Date: %s\r\nAuthorization: %s\r\nConnection: close\r\n\r\n";
        assertThat(RawClient.send(api.gatehouse, request.formatted("a.test", path, date, value))
                        .status())
                .isEqualTo(200);
        assertThat(RawClient.send(api.gatehouse, request.formatted("b.test", path, date, value))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aSignatureNeedsNoPadding() {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        String date = now(0);
        String signature = hmac("HmacSHA256", "s3cret", "x-date: " + date).replace("=", "");
        String value = authorization("bob", "hmac-sha256", "x-date", signature);
        api.gatehouse.get(path, "X-Date", date, "Authorization", value).isStatus(200);
        api.gatehouse
                .get(path, "X-Date", date, "Authorization", authorization("bob", "hmac-sha256", "x-date", "no base64!"))
                .isMessage(401, "HMAC signature does not match");
    }

    @Test
    void aHeaderCannotReplaceTheRequestLine() {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        String date = now(0);
        String line = "x-date: " + date + "\nrequest-line: x";
        sent(path, line, "x-date request-line", "X-Date", date, "Request-Line", "x")
                .isMessage(401, "HMAC signature does not match");
    }

    @Test
    void aQuotationMarkMayPrecedeTheScheme() {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        String date = now(0);
        String signature = hmac("HmacSHA256", "s3cret", "x-date: " + date);
        String value = '"' + authorization("bob", "hmac-sha256", "x-date", signature);
        api.gatehouse.get(path, "X-Date", date, "Authorization", value).isStatus(200);
    }

    @Test
    void aWebhookHasNoConsumer() {
        String id = api.gatehouse.admin("GET", "/consumers/" + consumer).json().getString("id");
        JsonObject plugin = new JsonObject()
                .put("name", "standard-webhooks")
                .put("config", new JsonObject().put("secret_v1", "whsec"))
                .put("consumer", new JsonObject().put("id", id));
        api.gatehouse
                .admin("POST", "/plugins", plugin)
                .isMessage(400, "schema violation (consumer: value must be null)");
    }

    @Test
    void aNameIsListedOnce() {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        String date = now(0);
        String line = "x-date: " + date;
        sent(path, line + "\n" + line, "x-date x-date", "X-Date", date)
                .isMessage(401, "HMAC signature cannot be verified");
    }

    @Test
    void aNewDateBesideTheSignedOneDoesNotReviveARecordedRequest() {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("enforce_headers", List.of("x-date")));
        String untimely =
                "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication";
        String recorded = now(-400);
        // The JDK's client sends no Date.
        String value =
                authorization("bob", "hmac-sha256", "x-date", hmac("HmacSHA256", "s3cret", "x-date: " + recorded));
        String request =
                "GET %s HTTP/1.1\r\nHost: a\r\nX-Date: %s\r\nDate: %s\r\nAuthorization: %s\r\nConnection: close\r\n\r\n";
        RawClient.Answer answer = RawClient.send(api.gatehouse, request.formatted(path, recorded, now(0), value));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.text()).contains(untimely);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EEE, dd MMM yyyy HH:mm:ss 'GMT'",
                "EEEE, dd-MMM-yy HH:mm:ss 'GMT'",
                "EEE MMM ppd HH:mm:ss yyyy",
                "'Day', dd MMM yyyy HH:mm:ss 'GMT'"
            })
    void eachFormOfADateIsAccepted(String form) {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        String date = DateTimeFormatter.ofPattern(form, Locale.US).format(ZonedDateTime.now(ZoneOffset.UTC));
        signed(api, path, "bob", "s3cret", date).isStatus(200);
    }

    @Test
    void theHostIsSignedInHttp2Too() {
        String path = api.protectedBy("hmac-auth", new JsonObject());
        String date = now(0);
        int port = api.gatehouse.node().port("proxy.http");
        String text = "x-date: " + date + "\nhost: localhost:" + port + "\nGET " + path + " HTTP/2.0";
        String value =
                authorization("bob", "hmac-sha256", "x-date host request-line", hmac("HmacSHA256", "s3cret", text));
        RequestOptions options = new RequestOptions()
                .setHost("localhost")
                .setPort(port)
                .setURI(path)
                .putHeader("x-date", date)
                .putHeader("authorization", value);
        assertThat(Http2Requests.status(options, List.of())).isEqualTo(200);
    }

    @Test
    void aReferenceToAVaultIsNoSecret() {
        String refusal = "references to a vault are not supported here";
        api.gatehouse
                .admin(
                        "POST",
                        "/consumers/" + consumer + "/hmac-auth",
                        new JsonObject().put("username", "vault").put("secret", "{vault://env/secret}"))
                .isMessage(400, "schema violation (secret: " + refusal + ")");
    }

    @Test
    void aGeneratedSecretHas32Characters() {
        JsonObject credential = api.gatehouse.create(
                "/consumers/" + consumer + "/hmac-auth", new JsonObject().put("username", "generated"));
        assertThat(credential.getString("secret")).hasSize(32);
    }

    @Test
    void theSchemasContainEveryDefault() {
        api.assertSchemaContainsEveryDefault("hmac-auth", new JsonObject());
        api.assertSchemaContainsEveryDefault("standard-webhooks", new JsonObject().put("secret_v1", "s"));
    }
}
