package io.gatehouse.conformance.auth;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests as the Consumer of the username {@code bob} of hmac-auth. */
final class HmacSignatures {
    private HmacSignatures() {}

    /** Creates the Consumer and its credential, and returns the name of the Consumer. */
    static String consumer(PluginApi api) {
        String consumer = api.consumer();
        api.gatehouse.create(
                "/consumers/" + consumer + "/hmac-auth",
                new JsonObject().put("username", "bob").put("secret", "s3cret"));
        return consumer;
    }

    static String hmac(String algorithm, String secret, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String now(long shift) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(shift));
    }

    static String authorization(String username, String algorithm, String headers, String signature) {
        return "hmac username=\"" + username + "\", algorithm=\"" + algorithm + "\", headers=\"" + headers
                + "\", signature=\"" + signature + "\"";
    }

    /** Signs the date alone. */
    static Reply signed(PluginApi api, String path, String username, String secret, String date) {
        String signature = hmac("HmacSHA256", secret, "x-date: " + date);
        return api.gatehouse.get(
                path, "X-Date", date, "Authorization", authorization(username, "hmac-sha256", "x-date", signature));
    }
}
