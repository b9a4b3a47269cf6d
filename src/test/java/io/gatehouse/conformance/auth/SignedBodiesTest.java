package io.gatehouse.conformance.auth;

import static io.gatehouse.conformance.auth.HmacSignatures.authorization;
import static io.gatehouse.conformance.auth.HmacSignatures.hmac;
import static io.gatehouse.conformance.auth.HmacSignatures.now;
import static io.gatehouse.conformance.auth.HmacSignatures.signed;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the digests of hmac-auth, and the signatures of standard-webhooks, against Kong 3.10. Both need the whole body. */
class SignedBodiesTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        HmacSignatures.consumer(api);
    }

    @AfterAll
    static void stop() {
        api.close();
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
        signed(api, path, "bob", "s3cret", now(0)).isStatus(200);
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
}
