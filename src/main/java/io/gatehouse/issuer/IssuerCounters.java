package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the responses of an issuer to requests for a token.
 *
 * <p><i>Invariant</i>: labels are words of the protocol, never text of a client.
 *
 * <p><i>Threading</i>: used by the event loop of one issuer alone.
 */
final class IssuerCounters {
    private static final int CLIENT_ERRORS = 400;

    private final MeterRegistry metrics;
    private final Set<String> grants;
    private final Map<Labels, Counter> counters = new HashMap<>();

    private record Labels(String grant, String result) {}

    /** {@code grants}: every {@code grant_type}. */
    IssuerCounters(MeterRegistry metrics, Set<String> grants) {
        this.metrics = metrics;
        this.grants = Set.copyOf(grants);
    }

    /** Counts a response, unless the request was for something else than a token. */
    void count(OAuth2Request request, OAuth2Reply reply) {
        String grant = grant(request);
        if (grant != null) {
            counters.computeIfAbsent(new Labels(grant, result(reply)), this::counter)
                    .increment();
        }
    }

    private Counter counter(Labels labels) {
        return Counter.builder("gatehouse.tokens.issued")
                .description("Requests for a token, by result: issued, or the OAuth error")
                .tags("grant", labels.grant(), "result", labels.result())
                .register(metrics);
    }

    private @Nullable String grant(OAuth2Request request) {
        if (request.endpoint() == Endpoint.TOKEN) {
            Object type = request.parameters().get("grant_type");
            return type instanceof String word && grants.contains(word) ? word : "other";
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
        // The error of a redirect is in its URI.
        return error instanceof String code ? code : "refused";
    }
}
