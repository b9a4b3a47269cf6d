package io.gatehouse.plugin.standardwebhooks;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Checks the signatures of webhooks by the Standard Webhooks specification: the {@code standard-webhooks} plugin. */
public final class StandardWebhooksHandler implements PluginHandler {
    /** Bytes of the largest body that is checked. */
    private static final int BODY_LIMIT = 1024 * 1024;

    private static final int MAX_TIMESTAMP_DIGITS = 12;
    private static final long MILLIS = 1_000;
    private static final String ALGORITHM = "HmacSHA256";

    /** Unlike {@link ProxyError#BAD_REQUEST}, it keeps the connection: the request is well-formed. */
    private final ProxyException rejection = ProxyError.FORBIDDEN
            .withMessage(ProxyError.BAD_REQUEST.message())
            .withStatus(ProxyError.BAD_REQUEST.status());

    /** Null if the secret is in a vault and this node cannot read it. An empty one would be known to everyone. */
    private final @Nullable SecretKeySpec secret;

    private final long tolerance;

    private StandardWebhooksHandler(Document config) {
        byte[] bytes = config.string("secret_v1").getBytes(StandardCharsets.UTF_8);
        this.secret = bytes.length == 0 ? null : new SecretKeySpec(bytes, ALGORITHM);
        this.tolerance = config.integer("tolerance_second");
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new StandardWebhooksHandler(plugin.config());
    }

    @Override
    public List<String> secretNames() {
        return List.of("webhook-signature");
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        SecretKeySpec key = secret;
        if (key == null) {
            return Future.failedFuture(ProxyError.TEMPORARILY_UNAVAILABLE.failure());
        }
        String id = one(exchange, "webhook-id");
        String timestamp = one(exchange, "webhook-timestamp");
        String signatures = one(exchange, "webhook-signature");
        // The signed text is id.timestamp.body. With full stops in the id, a signature would fit another split of it.
        boolean isId = !id.isEmpty() && id.indexOf('.') < 0;
        if (!isId || signatures.isEmpty() || !isTimely(timestamp)) {
            return Future.failedFuture(rejection);
        }
        return exchange.readBody(BODY_LIMIT).transform((body, failure) -> {
            if (failure != null) {
                return Future.failedFuture(
                        failure instanceof Exchange.BodyTooLarge ? ProxyError.PAYLOAD_TOO_LARGE.failure() : failure);
            }
            boolean isSigned = body.length() > 0 && isSigned(key, id + "." + timestamp + ".", body, signatures);
            return isSigned ? CONTINUE : Future.failedFuture(rejection);
        });
    }

    private static String one(Exchange exchange, String header) {
        List<String> values = exchange.headers(header);
        return values.size() == 1 ? values.get(0) : "";
    }

    /** Stricter than Kong, which accepts each time in the future: a recorded webhook would stay valid until then. */
    private boolean isTimely(String timestamp) {
        boolean isNumber = !timestamp.isEmpty()
                && timestamp.length() <= MAX_TIMESTAMP_DIGITS
                && timestamp.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber && Math.abs(System.currentTimeMillis() / MILLIS - Long.parseLong(timestamp)) <= tolerance;
    }

    /** Whether one of the signatures is right, in constant time. A sender that changes its secret sends two. */
    private static boolean isSigned(SecretKeySpec key, String head, Buffer body, String signatures) {
        byte[] expected;
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(head.getBytes(StandardCharsets.ISO_8859_1));
            String encoded = Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes()));
            expected = ("v1," + encoded).getBytes(StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
        boolean isRight = false;
        for (String signature : signatures.split(" ", -1)) {
            isRight |= MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.ISO_8859_1));
        }
        return isRight;
    }
}
