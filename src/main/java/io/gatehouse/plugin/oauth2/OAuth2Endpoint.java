package io.gatehouse.plugin.oauth2;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.lookup.IssuerClient;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.schema.RandomString;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plugin's own endpoints as the proxy sees them (docs/reference/oauth2.md#endpoints): checks the transport, reads the parameters,
 * and lets an issuer answer.
 */
final class OAuth2Endpoint {
    private static final int BODY_LIMIT = 64 * 1024;
    private static final String FOLDER = "/oauth2/";

    private final OAuth2Config config;
    private final IssuerClient issuer;

    OAuth2Endpoint(OAuth2Config config, IssuerClient issuer) {
        this.config = config;
        this.issuer = issuer;
    }

    /** Which endpoint a normalised path names, or null: an API call. */
    @Nullable
    Endpoint of(String path) {
        int end = path.length() - (path.endsWith("/") ? 1 : 0);
        // Nearly every request is an API call, and nearly all of those have no such folder.
        int folder = path.lastIndexOf(FOLDER, end - 1);
        if (folder < 0) {
            return null;
        }
        return switch (path.substring(folder + FOLDER.length(), end)) {
            case "token" -> Endpoint.TOKEN;
            case "authorize" -> Endpoint.AUTHORIZE;
            case "introspect" -> config.introspection() ? Endpoint.INTROSPECT : null;
            case "revoke" -> config.revocation() ? Endpoint.REVOKE : null;
            default -> null;
        };
    }

    Future<Outcome> handle(Endpoint endpoint, Exchange exchange) {
        if (!exchange.method().equals("POST")) {
            return Future.succeededFuture(answer(refused(wrongMethod(endpoint, exchange.method()), Map.of())));
        }
        OAuth2Exception insecure = insecure(exchange);
        return parameters(exchange)
                .transform((parameters, failure) -> {
                    Map<String, @Nullable Object> known = parameters == null ? Map.of() : parameters;
                    if (insecure != null) {
                        return Future.succeededFuture(refused(insecure, known));
                    }
                    return failure != null ? Future.failedFuture(failure) : ask(endpoint, exchange, known);
                })
                .otherwise(failure -> refused(refusal(failure), Map.of()))
                .map(OAuth2Endpoint::answer);
    }

    private Future<OAuth2Reply> ask(Endpoint endpoint, Exchange exchange, Map<String, @Nullable Object> parameters) {
        return issuer.send(new OAuth2Request(
                        endpoint,
                        config.pluginId(),
                        exchange.service().id(),
                        RandomString.next(),
                        parameters,
                        exchange.request().getHeader(config.authHeaderName()),
                        exchange.clientAddress()))
                .otherwise(failure -> refused(refusal(failure), parameters));
    }

    private Future<Map<String, @Nullable Object>> parameters(Exchange exchange) {
        String contentType = exchange.request().getHeader("content-type");
        // A body of another type is none, but a large one is still refused.
        return exchange.readBody(BODY_LIMIT)
                .map(body -> Parameters.requireText(Parameters.of(exchange.query(), contentType, body)));
    }

    /** RFC 6749 §3.1, §3.2 ask for TLS; a proxy in front that is trusted may say it had it. */
    private @Nullable OAuth2Exception insecure(Exchange exchange) {
        if (exchange.isTls()) {
            return null;
        }
        if (config.acceptHttpIfAlreadyTerminated() && exchange.isTrustedPeer()) {
            List<String> protocols = exchange.headers("x-forwarded-proto");
            if (protocols.size() > 1
                    || (protocols.size() == 1 && protocols.get(0).contains(","))) {
                return OAuth2Error.ACCESS_DENIED.because("Only one X-Forwarded-Proto header allowed");
            }
            if (protocols.size() == 1 && protocols.get(0).equalsIgnoreCase("https")) {
                return null;
            }
        }
        return OAuth2Error.ACCESS_DENIED.because("You must use HTTPS");
    }

    private OAuth2Exception wrongMethod(Endpoint endpoint, String method) {
        String description = "The HTTP method " + method + " is invalid for the " + name(endpoint) + " endpoint";
        String realm = config.realm() == null ? "" : " realm=\"" + config.realm() + "\",";
        return OAuth2Error.INVALID_METHOD
                .because(description)
                .challenging(
                        OAuth2Error.INVALID_METHOD.status(),
                        "Bearer" + realm + " error=\"invalid_method\", error_description=\"" + description + "\"");
    }

    private static String name(Endpoint endpoint) {
        return switch (endpoint) {
            case TOKEN -> "token";
            case AUTHORIZE -> "authorization";
            case INTROSPECT -> "introspection";
            case REVOKE -> "revocation";
        };
    }

    private static OAuth2Exception refusal(Throwable failure) {
        if (failure instanceof OAuth2Exception known) {
            return known;
        }
        if (failure instanceof Exchange.BodyTooLarge) {
            return OAuth2Error.REQUEST_TOO_LARGE.because("Request body too large");
        }
        if (failure instanceof IssuerUnavailable) {
            return OAuth2Error.TEMPORARILY_UNAVAILABLE.because("The authorization server is unable to answer now");
        }
        throw new IllegalStateException("a token request failed", failure);
    }

    private static OAuth2Reply refused(OAuth2Exception refusal, Map<String, @Nullable Object> parameters) {
        Map<String, Object> body = refusal.body();
        Object state = parameters.get("state");
        if (state != null) {
            body.put("state", state);
        }
        return new OAuth2Reply(refusal.status(), refusal.headers(), body);
    }

    private static Outcome answer(OAuth2Reply reply) {
        Map<String, String> headers = new LinkedHashMap<>(reply.headers());
        headers.put("Content-Type", "application/json; charset=utf-8");
        headers.put("Cache-Control", "no-store");
        headers.put("Pragma", "no-cache");
        Buffer body = new JsonObject(reply.body()).toBuffer();
        return new Outcome.Response(reply.status(), headers, body);
    }
}
