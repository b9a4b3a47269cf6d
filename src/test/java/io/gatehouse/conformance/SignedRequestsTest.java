package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests hmac-auth and standard-webhooks against Kong 3.10. */
class SignedRequestsTest {
    private static PluginApi api;
    private static String consumer;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        consumer = api.consumer();
        api.gatehouse.create(
                "/consumers/" + consumer + "/hmac-auth",
                new JsonObject().put("username", "bob").put("secret", "s3cret"));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String hmac(String algorithm, String secret, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String now(long shift) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(shift));
    }

    private static String authorization(String username, String algorithm, String headers, String signature) {
        return "hmac username=\"" + username + "\", algorithm=\"" + algorithm + "\", headers=\"" + headers
                + "\", signature=\"" + signature + "\"";
    }

    /** Signs the date alone. */
    private static Reply signed(String path, String username, String secret, String date) {
        String signature = hmac("HmacSHA256", secret, "x-date: " + date);
        return api.gatehouse.get(
                path, "X-Date", date, "Authorization", authorization(username, "hmac-sha256", "x-date", signature));
    }

    @Test
    void aSignatureAuthenticatesItsConsumer() {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("hide_credentials", true));
        Reply reply = signed(path, "bob", "s3cret", now(0)).isStatus(200);
        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo(consumer);
        assertThat(reply.upstreamHeader("authorization")).isNull();
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
        signed(path, "bob", "wrong", now(0)).isMessage(401, "HMAC signature does not match");
        signed(path, "eve", "s3cret", now(0)).isMessage(401, "HMAC signature cannot be verified");
        String untimely =
                "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication";
        signed(path, "bob", "s3cret", now(-400)).isMessage(401, untimely);
        signed(path, "bob", "s3cret", now(400)).isMessage(401, untimely);
        signed(path, "bob", "s3cret", "yesterday").isMessage(401, untimely);
        api.gatehouse
                .get(path, "X-Date", now(0), "Authorization", "hmac username=\"bob\"")
                .isMessage(401, "HMAC signature cannot be verified");
    }

    @Test
    void algorithmsAndHeadersCanBeEnforced() {
        String strong = api.protectedBy("hmac-auth", new JsonObject().put("algorithms", List.of("hmac-sha512")));
        signed(strong, "bob", "s3cret", now(0)).isMessage(401, "HMAC signature cannot be verified");
        String enforced = api.protectedBy(
                "hmac-auth", new JsonObject().put("enforce_headers", List.of("X-Date", "request-line")));
        signed(enforced, "bob", "s3cret", now(0)).isMessage(401, "HMAC signature cannot be verified");
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
        signed(path, "bob", "s3cret", date).isStatus(200);
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

    private static Reply posted(String path, String body, String digest) {
        String date = now(0);
        String text = "x-date: " + date + "\ndigest: " + digest;
        HttpRequest.Builder request = Http.request("POST", api.gatehouse.proxyUrl(path), "text/plain", body)
                .header("X-Date", date)
                .header("Digest", digest)
                .header(
                        "Authorization",
                        authorization("bob", "hmac-sha256", "x-date digest", hmac("HmacSHA256", "s3cret", text)));
        return Http.send(request);
    }

    @Test
    void theDigestOfABodyCanBeChecked() throws GeneralSecurityException {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("validate_request_body", true));
        String digest = sha256("content");
        assertThat(posted(path, "content", digest).isStatus(200).json().getString("body"))
                .isEqualTo("content");
        posted(path, "another", digest).isMessage(401, "HMAC signature does not match");
        posted(path, "x".repeat(1024 * 1024 + 1), digest).isStatus(413);
        signed(path, "bob", "s3cret", now(0)).isStatus(200);
    }

    private static String sha256(String body) throws GeneralSecurityException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
        return "SHA-256=" + Base64.getEncoder().encodeToString(hash);
    }

    @Test
    void aCheckedBodyWithoutAnAnnouncedLengthIsForwardedOnce() throws GeneralSecurityException {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("validate_request_body", true));
        String date = now(0);
        String digest = sha256("content");
        String text = "x-date: " + date + "\ndigest: " + digest;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api.gatehouse.proxyUrl(path)))
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream("content".getBytes(StandardCharsets.UTF_8))))
                .header("X-Date", date)
                .header("Digest", digest)
                .header(
                        "Authorization",
                        authorization("bob", "hmac-sha256", "x-date digest", hmac("HmacSHA256", "s3cret", text)));
        Reply reply = Http.send(request).isStatus(200);
        assertThat(reply.json().getString("body")).isEqualTo("content");
        assertThat(reply.upstreamHeader("content-length")).isEqualTo("7");
        assertThat(reply.upstreamHeader("transfer-encoding")).isNull();
    }

    @Test
    void aDigestHasToBeThatOfAnEmptyBodyToo() throws GeneralSecurityException {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("validate_request_body", true));
        posted(path, "", sha256("")).isStatus(200);
        posted(path, "", sha256("content")).isMessage(401, "HMAC signature does not match");
        posted(path, "content", "").isMessage(401, "HMAC signature does not match");
    }

    @Test
    void aBodyNeedsADigest() {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("validate_request_body", true));
        String date = now(0);
        String value = authorization("bob", "hmac-sha256", "x-date", hmac("HmacSHA256", "s3cret", "x-date: " + date));
        HttpRequest.Builder request = Http.request("POST", api.gatehouse.proxyUrl(path), "text/plain", "content")
                .header("X-Date", date)
                .header("Authorization", value);
        Http.send(request).isMessage(401, "HMAC signature does not match");
    }

    @Test
    void withoutASignatureABodyIsNotRead() throws GeneralSecurityException {
        String path = api.protectedBy("hmac-auth", new JsonObject().put("validate_request_body", true));
        String request = String.join(
                "\r\n",
                "POST %s HTTP/1.1",
                "Host: a",
                "X-Date: %s",
                "Authorization: %s",
                "Expect: 100-continue",
                "Content-Length: 7",
                "",
                "");
        String value = authorization("bob", "hmac-sha256", "x-date", hmac("HmacSHA256", "wrong", ""));
        assertThat(RawClient.first(api.gatehouse, request.formatted(path, now(0), value))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aGeneratedSecretHas32Characters() {
        JsonObject credential = api.gatehouse.create(
                "/consumers/" + consumer + "/hmac-auth", new JsonObject().put("username", "generated"));
        assertThat(credential.getString("secret")).hasSize(32);
    }

    // standard-webhooks

    private static Reply webhook(String path, long timestamp, String body, String signature) {
        HttpRequest.Builder request = Http.json("POST", api.gatehouse.proxyUrl(path), body)
                .header("webhook-id", "msg_1")
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", signature);
        return Http.send(request);
    }

    private static long seconds() {
        return System.currentTimeMillis() / 1000;
    }

    private static String webhookSignature(long timestamp, String body) {
        return "v1," + hmac("HmacSHA256", "whsec", "msg_1." + timestamp + "." + body);
    }

    @Test
    void onlySignedWebhooksPass() {
        String path = api.protectedBy("standard-webhooks", new JsonObject().put("secret_v1", "whsec"));
        long now = seconds();
        String signature = webhookSignature(now, "{}");
        assertThat(webhook(path, now, "{}", signature).isStatus(200).json().getString("body"))
                .isEqualTo("{}");
        webhook(path, now, "{}", "v1,b2xk " + signature).isStatus(200);
        webhook(path, now, "{ }", signature).isMessage(400, "Bad request");
        webhook(path, now + 1, "{}", signature).isStatus(400);
        webhook(path, now, "{}", "v1,").isStatus(400);
        webhook(path, now - 400, "{}", webhookSignature(now - 400, "{}")).isStatus(400);
        webhook(path, now + 400, "{}", webhookSignature(now + 400, "{}")).isStatus(400);
        api.gatehouse.get(path).isStatus(400);
        webhook(path, now, "x".repeat(1024 * 1024 + 1), signature).isStatus(413);
    }

    @Test
    void aSignatureFitsNoOtherSplitOfIdAndBody() {
        String path = api.protectedBy("standard-webhooks", new JsonObject().put("secret_v1", "whsec"));
        long recorded = seconds() - 400;
        String rest = seconds() + ".{}";
        String signature = webhookSignature(recorded, rest);
        HttpRequest.Builder request = Http.json("POST", api.gatehouse.proxyUrl(path), "{}")
                .header("webhook-id", "msg_1." + recorded)
                .header("webhook-timestamp", rest.substring(0, rest.indexOf('.')))
                .header("webhook-signature", signature);
        Http.send(request).isStatus(400);
    }

    @Test
    void theSchemasContainEveryDefault() {
        api.assertSchemaContainsEveryDefault("hmac-auth", new JsonObject());
        api.assertSchemaContainsEveryDefault("standard-webhooks", new JsonObject().put("secret_v1", "s"));
    }
}
