package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
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
        String digest = "SHA-256="
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256")
                                .digest("content".getBytes(StandardCharsets.UTF_8)));
        assertThat(posted(path, "content", digest).isStatus(200).json().getString("body"))
                .isEqualTo("content");
        posted(path, "another", digest).isMessage(401, "HMAC signature does not match");
        posted(path, "x".repeat(1024 * 1024 + 1), digest).isStatus(413);
        signed(path, "bob", "s3cret", now(0)).isStatus(200);
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
    void theSchemasContainEveryDefault() {
        api.assertSchemaContainsEveryDefault("hmac-auth", new JsonObject());
        api.assertSchemaContainsEveryDefault("standard-webhooks", new JsonObject().put("secret_v1", "s"));
    }
}
