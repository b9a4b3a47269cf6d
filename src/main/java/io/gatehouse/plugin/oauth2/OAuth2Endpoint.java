package io.gatehouse.plugin.oauth2;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Service;
import io.gatehouse.lookup.IssuerClient;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.plugin.MetadataDocument;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.schema.RandomString;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves the plugin's endpoints on the proxy (docs/reference/oauth2.md#endpoints): checks the transport, reads the parameters and
 * sends the request to an issuer.
 */
final class OAuth2Endpoint {
    private static final int BODY_LIMIT = 64 * 1024;
    private static final String FOLDER = "/oauth2/";
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
            "token");

    /** Parameters with something that can be used once. */
    private static final Set<String> USED_ONCE =
            Set.of("code", "refresh_token", "client_assertion", "request_uri", "device_code", "user_code");

    private final OAuth2Config config;
    /** May carry the client's credentials. */
    private final HeaderName header;

    private final PublicUrls urls;
    private final Metadata metadata;
    private final IssuerClient issuer;

    OAuth2Endpoint(OAuth2Config config, HeaderName header, PublicUrls urls, IssuerClient issuer) {
        this.config = config;
        this.header = header;
        this.urls = urls;
        this.metadata = new Metadata(config);
        this.issuer = issuer;
    }

    /** The endpoint that a normalised path names; null: the request is an API call. */
    @Nullable
    Endpoint of(String path) {
        int end = path.length() - (path.endsWith("/") ? 1 : 0);
        // Runs for every API call, nearly all of which have no such folder.
        int folder = path.lastIndexOf(FOLDER, end - FOLDER.length());
        if (folder < 0) {
            return null;
        }
        return switch (path.substring(folder + FOLDER.length(), end)) {
            case "token" -> Endpoint.TOKEN;
            case "authorize" -> Endpoint.AUTHORIZE;
            case "introspect" -> config.introspection() ? Endpoint.INTROSPECT : null;
            case "revoke" -> config.revocation() ? Endpoint.REVOKE : null;
            case "device_authorization" -> config.deviceAuthorization() ? Endpoint.DEVICE_AUTHORIZATION : null;
            case "par" -> config.pushedRequests() ? Endpoint.PAR : null;
            default -> null;
        };
    }

    Future<Outcome> handle(Endpoint endpoint, Exchange exchange) {
        if (isWithoutTokens(exchange)) {
            return Future.failedFuture(ProxyError.NO_SERVICE.failure());
        }
        if (!exchange.method().equals("POST")) {
            return Future.succeededFuture(
                    response(failed(wrongMethod(name(endpoint) + " endpoint", exchange.method()), Map.of())));
        }
        OAuth2Exception insecure = insecure(exchange);
        return parameters(endpoint, exchange)
                .transform((parameters, failure) -> {
                    Map<String, @Nullable Object> known = parameters == null ? Map.of() : parameters;
                    if (insecure != null) {
                        return Future.succeededFuture(failed(insecure, known));
                    }
                    return failure != null ? Future.failedFuture(failure) : ask(endpoint, exchange, known);
                })
                .recover(failure -> recovered(failure, Map.of()))
                .map(OAuth2Endpoint::response);
    }

    /** Whether no token can be given: one that is bound to no Service is valid for all. */
    private boolean isWithoutTokens(Exchange exchange) {
        return exchange.service() == null && !config.globalCredentials();
    }

    /** Serves a metadata document, to requests that the endpoints would accept. */
    Future<Outcome> handle(MetadataDocument document, Exchange exchange) {
        return isWithoutTokens(exchange)
                ? Future.failedFuture(ProxyError.NO_SERVICE.failure())
                : Future.succeededFuture(describe(document, exchange));
    }

    private Outcome describe(MetadataDocument document, Exchange exchange) {
        if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            OAuth2Reply reply = failed(wrongMethod("metadata", exchange.method()), Map.of());
            Map<String, String> headers = new LinkedHashMap<>(reply.headers());
            headers.put("Allow", "GET, HEAD");
            return response(new OAuth2Reply(reply.status(), headers, reply.body()));
        }
        OAuth2Exception insecure = insecure(exchange);
        if (insecure != null) {
            return response(failed(insecure, Map.of()));
        }
        String resource = urls.resource(exchange);
        String identifier = urls.issuer(resource);
        return identifier == null || resource == null
                ? response(failed(OAuth2Error.INVALID_REQUEST.because("The request has no host"), Map.of()))
                : response(OAuth2Reply.ok(
                        metadata.of(document, identifier, resource).getMap()));
    }

    private Future<OAuth2Reply> ask(Endpoint endpoint, Exchange exchange, Map<String, @Nullable Object> parameters) {
        List<String> authorization = header.values(exchange);
        if (authorization.size() > 1) {
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Client credentials given more than once"));
        }
        Service service = exchange.service();
        String resource = urls.resource(exchange);
        return issuer.send(new OAuth2Request(
                        endpoint,
                        config.pluginId(),
                        service == null ? null : service.id(),
                        attempt(parameters),
                        parameters,
                        authorization.isEmpty() ? null : authorization.get(0),
                        exchange.clientAddress(),
                        urls.issuer(resource),
                        resource))
                .recover(failure -> recovered(failure, parameters));
    }

    /** Returns an id for what can be used once, which has the same result if the proxy repeats it; null for other requests. */
    private static @Nullable String attempt(Map<String, @Nullable Object> parameters) {
        return Collections.disjoint(parameters.keySet(), USED_ONCE) ? null : RandomString.next();
    }

    private Future<Map<String, @Nullable Object>> parameters(Endpoint endpoint, Exchange exchange) {
        String contentType = exchange.request().getHeader("content-type");
        // A body of another type is none, but a large one is still refused.
        return exchange.readBody(BODY_LIMIT).map(body -> {
            Map<String, @Nullable Object> inQuery = Parameters.of(exchange.query(), null, null);
            Map<String, @Nullable Object> inBody = Parameters.of(null, contentType, body);
            requireNoSecret(inQuery);
            requireOnce(inQuery, inBody);
            Map<String, @Nullable Object> all = new LinkedHashMap<>(inQuery);
            all.putAll(inBody);
            if (endpoint == Endpoint.AUTHORIZE || endpoint == Endpoint.PAR) {
                // It becomes a part of the redirect URI.
                Parameters.requireString("state", all.get("state"));
            }
            return Parameters.requireText(all);
        });
    }

    /** RFC 6749 §2.3.1: logs of proxies and browsers have queries. */
    private void requireNoSecret(Map<String, @Nullable Object> query) {
        if (Departure.SECRET_IN_QUERY.followsRfc(config.isRfc())) {
            for (String secret : SECRETS) {
                if (query.containsKey(secret)) {
                    throw OAuth2Error.INVALID_REQUEST.because(secret + " is disallowed in the query");
                }
            }
        }
    }

    /** RFC 6749 §3.1, §3.2 do not allow a parameter twice; two readers of the request could choose different values. */
    private void requireOnce(Map<String, @Nullable Object> query, Map<String, @Nullable Object> body) {
        if (Departure.PARAMETER_TWICE.followsRfc(config.isRfc())) {
            for (String name : query.keySet()) {
                if (body.containsKey(name)) {
                    throw Parameters.repeated(name);
                }
            }
        }
    }

    /** RFC 6749 §3.1, §3.2 require TLS, of the client's connection or of a trusted proxy's. */
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

    private OAuth2Exception wrongMethod(String endpoint, String method) {
        String description = "The HTTP method " + method + " is invalid for the " + endpoint;
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
            case DEVICE_AUTHORIZATION -> "device authorization";
            case PAR -> "pushed authorization request";
        };
    }

    /** The response to an error of OAuth. Another failure remains one, such as that of a body which the client does not complete. */
    private static Future<OAuth2Reply> recovered(Throwable failure, Map<String, @Nullable Object> parameters) {
        OAuth2Exception error = error(failure);
        return error == null ? Future.failedFuture(failure) : Future.succeededFuture(failed(error, parameters));
    }

    private static @Nullable OAuth2Exception error(Throwable failure) {
        if (failure instanceof OAuth2Exception known) {
            return known;
        }
        if (failure instanceof Exchange.BodyTooLarge) {
            return OAuth2Error.REQUEST_TOO_LARGE.because("Request body too large");
        }
        // Bodies that plugins read take too much memory, or no issuer responds.
        boolean isTemporary = failure instanceof IssuerUnavailable
                || (failure instanceof ProxyException rejection
                        && rejection.error() == ProxyError.TEMPORARILY_UNAVAILABLE);
        return isTemporary
                ? OAuth2Error.TEMPORARILY_UNAVAILABLE.because("The authorization server is unable to answer now")
                : null;
    }

    private static OAuth2Reply failed(OAuth2Exception error, Map<String, @Nullable Object> parameters) {
        Map<String, Object> body = error.body();
        Object state = parameters.get("state");
        if (state != null) {
            body.put("state", state);
        }
        return new OAuth2Reply(error.status(), error.headers(), body);
    }

    private static Outcome response(OAuth2Reply reply) {
        Map<String, String> headers = new LinkedHashMap<>(reply.headers());
        headers.put("Content-Type", "application/json; charset=utf-8");
        headers.put("Cache-Control", "no-store");
        headers.put("Pragma", "no-cache");
        Buffer body = new JsonObject(reply.body()).toBuffer();
        return new Outcome.Response(reply.status(), headers, body);
    }
}
