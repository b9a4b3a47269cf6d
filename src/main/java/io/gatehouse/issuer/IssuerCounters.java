package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an issuer gave and refused. Labels come from the words of the protocol alone, never from what a client sends. */
final class IssuerCounters {
    private static final int CLIENT_ERRORS = 400;
    private static final Set<String> GRANTS =
            Set.of("authorization_code", "client_credentials", "password", "refresh_token");

    private final MeterRegistry metrics;

    IssuerCounters(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** Counts the answer to a request for a token; others are none of them. */
    void answered(OAuth2Request request, OAuth2Reply reply) {
        String grant = grant(request);
        if (grant != null) {
            // A transaction was committed for it, so the search by tags does not count.
            Counter.builder("gatehouse.tokens.issued")
                    .description("Requests for a token, by what came of them: issued, or the OAuth error")
                    .tags("grant", grant, "result", result(reply))
                    .register(metrics)
                    .increment();
        }
    }

    private static @Nullable String grant(OAuth2Request request) {
        if (request.endpoint() == Endpoint.TOKEN) {
            Object type = request.parameters().get("grant_type");
            return type instanceof String word && GRANTS.contains(word) ? word : "other";
        }
        boolean implicit = request.endpoint() == Endpoint.AUTHORIZE
                && "token".equals(request.parameters().get("response_type"));
        return implicit ? "implicit" : null;
    }

    private static String result(OAuth2Reply reply) {
        Object error = reply.body().get("error");
        if (error == null && reply.status() < CLIENT_ERRORS) {
            return "issued";
        }
        // An error that goes to the client by way of the browser stands in the URI.
        return error instanceof String code ? code : "refused";
    }
}
