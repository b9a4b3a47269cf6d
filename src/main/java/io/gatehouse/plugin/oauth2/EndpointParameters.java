package io.gatehouse.plugin.oauth2;

import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.plugin.Exchange;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of a request to one of the plugin's endpoints, and checks where they are (docs/reference/oauth2.md#endpoints). */
final class EndpointParameters {
    private static final int BODY_LIMIT = 64 * 1024;
    /** Parameters that are secret by themselves or redeem a grant. */
    private static final List<String> SECRETS = List.of(
            "client_secret",
            "client_assertion",
            "provision_key",
            "password",
            "code",
            "code_verifier",
            "device_code",
            "refresh_token",
            "subject_token",
            "actor_token",
            "token");

    private final boolean isRfc;

    EndpointParameters(boolean isRfc) {
        this.isRfc = isRfc;
    }

    /**
     * The parameters of query and body. Fails with {@link io.gatehouse.oauth.OAuth2Exception} or
     * {@link io.gatehouse.plugin.Exchange.BodyTooLarge}.
     */
    Future<Map<String, @Nullable Object>> read(Endpoint endpoint, Exchange exchange) {
        String contentType = exchange.request().getHeader("content-type");
        // A body of another type is none, but a large one is still refused.
        return exchange.readBody(BODY_LIMIT).map(body -> {
            if (endpoint == Endpoint.REGISTRATION) {
                return Registrations.parameters(exchange, body);
            }
            Map<String, @Nullable Object> inQuery = Parameters.of(exchange.query(), null, null);
            Map<String, @Nullable Object> inBody = Parameters.of(null, contentType, body);
            requireNoSecret(inQuery);
            requireOnce(inQuery, inBody);
            Map<String, @Nullable Object> all = new LinkedHashMap<>(inQuery);
            inBody.forEach((name, value) -> {
                if (isGiven(value) || !isGiven(all.get(name))) {
                    all.put(name, value);
                }
            });
            if (endpoint == Endpoint.AUTHORIZE || endpoint == Endpoint.PAR) {
                // It becomes a part of the redirect URI.
                Parameters.requireString("state", all.get("state"));
            }
            return Parameters.requireText(all);
        });
    }

    /** RFC 6749 §2.3.1: logs of proxies and browsers have queries. */
    private void requireNoSecret(Map<String, @Nullable Object> query) {
        if (Departure.SECRET_IN_QUERY.followsRfc(isRfc)) {
            for (String secret : SECRETS) {
                if (isGiven(query.get(secret))) {
                    throw OAuth2Error.INVALID_REQUEST.because(secret + " is disallowed in the query");
                }
            }
        }
    }

    /** RFC 6749 §3.1, §3.2 do not allow a parameter twice; two readers of the request could choose different values. */
    private void requireOnce(Map<String, @Nullable Object> query, Map<String, @Nullable Object> body) {
        if (Departure.PARAMETER_TWICE.followsRfc(isRfc)) {
            query.forEach((name, value) -> {
                if (isGiven(value) && isGiven(body.get(name))) {
                    throw Parameters.repeated(name);
                }
            });
        }
    }

    /** An empty parameter counts as omitted (RFC 6749 §3.1, §3.2). */
    private static boolean isGiven(@Nullable Object value) {
        return value != null && !value.equals("");
    }
}
