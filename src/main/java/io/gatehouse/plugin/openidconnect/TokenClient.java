package io.gatehouse.plugin.openidconnect;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to the token endpoint of a provider.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
final class TokenClient {
    private static final Logger LOG = LoggerFactory.getLogger(TokenClient.class);
    /** Anyone can send a callback with an invented code. The further ones get 503. */
    static final int MAX_IN_FLIGHT = 64;

    private static final int OK = 200;
    /** RFC 6749 §5.2. Another text is not logged. */
    private static final Pattern ERROR = Pattern.compile("[a-z_]{1,64}");

    private final Documents documents;
    private final ClientAuthentication client;
    private final AtomicInteger inFlight = new AtomicInteger();

    TokenClient(Documents documents, ClientAuthentication client) {
        this.documents = documents;
        this.client = client;
    }

    String clientId() {
        return client.clientId();
    }

    /**
     * Sends a token request. It fails with {@link InvalidToken} if the provider refuses the grant, and with another failure if it does
     * not decide.
     */
    Future<Tokens> request(Endpoints endpoints, Map<String, String> parameters) {
        String endpoint = endpoints.requireToken();
        if (inFlight.incrementAndGet() > MAX_IN_FLIGHT) {
            inFlight.decrementAndGet();
            return Future.failedFuture(new ProviderFailure("too many token requests are in flight"));
        }
        Map<String, String> form = new LinkedHashMap<>(parameters);
        return documents
                .onWorker(() -> client.authenticate(form, endpoint))
                .compose(headers -> documents.post(endpoint, encoded(form), headers))
                .map(TokenClient::tokens)
                .onComplete(done -> inFlight.decrementAndGet());
    }

    private static Buffer encoded(Map<String, String> form) {
        return Buffer.buffer(form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&")));
    }

    private static Tokens tokens(Documents.Reply reply) {
        JsonObject document = reply.document();
        if (reply.status() == OK) {
            return Tokens.of(document, System.currentTimeMillis() / 1_000);
        }
        String error = document.getValue("error") instanceof String text
                        && ERROR.matcher(text).matches()
                ? text
                : "other";
        if (error.equals("invalid_grant")) {
            throw new InvalidToken("the provider refuses the grant");
        }
        LOG.warn(
                "the OpenID provider refuses token requests of this client, sign-ins get 503 status={} error={}",
                reply.status(),
                error);
        throw new ProviderFailure("status " + reply.status());
    }
}
