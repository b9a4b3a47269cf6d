package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.oauth.OAuth2Error;
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
public final class TokenClient {
    private static final Logger LOG = LoggerFactory.getLogger(TokenClient.class);
    /** Of sign-ins, and of refreshes: anyone can send callbacks with invented codes. The further ones get 503. */
    static final int MAX_IN_FLIGHT = 64;

    private static final int OK = 200;
    /** RFC 6749 §5.2. Another text is not logged. */
    private static final Pattern ERROR = Pattern.compile("[a-z_]{1,64}");

    private final Documents documents;
    private final ClientAuthentication client;
    private final AtomicInteger redemptions = new AtomicInteger();
    private final AtomicInteger refreshes = new AtomicInteger();

    public TokenClient(Documents documents, ClientAuthentication client) {
        this.documents = documents;
        this.client = client;
    }

    public String clientId() {
        return client.clientId();
    }

    /**
     * Redeems a code. It fails with {@link InvalidToken} if the provider refuses the grant, and with another failure if it does
     * not decide.
     */
    public Future<Tokens> redeem(Endpoints endpoints, Map<String, String> parameters) {
        return request(endpoints, parameters, redemptions);
    }

    /** Uses a refresh token. It fails as {@link #redeem} does. */
    public Future<Tokens> refresh(Endpoints endpoints, Map<String, String> parameters) {
        return request(endpoints, parameters, refreshes);
    }

    private Future<Tokens> request(Endpoints endpoints, Map<String, String> parameters, AtomicInteger inFlight) {
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
        if (error.equals(OAuth2Error.INVALID_GRANT.code())) {
            throw new InvalidToken("the provider refuses the grant");
        }
        LOG.warn(
                "the OpenID provider refuses token requests of this client, sign-ins get 503 status={} error={}",
                reply.status(),
                error);
        throw new ProviderFailure("status " + reply.status());
    }
}
