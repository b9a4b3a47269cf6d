package io.gatehouse.plugin.oauth2;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Service;
import io.gatehouse.lookup.IssuerClient;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.ProvenKey;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.oauth2.dpop.Proofs;
import io.gatehouse.routing.MetadataDocument;
import io.gatehouse.schema.RandomString;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the plugin's endpoints on the proxy (docs/reference/oauth2.md#endpoints): checks the transport, reads the parameters and
 * sends the request to an issuer.
 */
final class OAuth2Endpoint {
    private static final String FOLDER = "/oauth2/";
    private static final int NO_CONTENT = 204;
    private static final List<String> DOCUMENT_METHODS = List.of("GET", "HEAD");
    /** Parameters with something that can be used once. */
    private static final Set<String> USED_ONCE =
            Set.of("code", "refresh_token", "client_assertion", "request_uri", "device_code", "user_code");

    private final OAuth2Config config;
    /** May carry the client's credentials. */
    private final HeaderName header;

    private final EndpointParameters parameters;
    private final PublicUrls urls;
    private final Metadata metadata;
    private final Proofs proofs;
    private final IssuerClient issuer;
    private final LongSupplier clock;

    /** {@code clock} returns seconds since the epoch, by PostgreSQL's clock. */
    OAuth2Endpoint(
            OAuth2Config config,
            HeaderName header,
            PublicUrls urls,
            Proofs proofs,
            IssuerClient issuer,
            LongSupplier clock) {
        this.config = config;
        this.header = header;
        this.parameters = new EndpointParameters(config.isRfc());
        this.urls = urls;
        this.proofs = proofs;
        this.metadata = new Metadata(config);
        this.issuer = issuer;
        this.clock = clock;
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
        String name = path.substring(folder + FOLDER.length(), end);
        return switch (name) {
            case "token" -> Endpoint.TOKEN;
            case "authorize" -> Endpoint.AUTHORIZE;
            case "introspect" -> config.introspection() ? Endpoint.INTROSPECT : null;
            case "revoke" -> config.revocation() ? Endpoint.REVOKE : null;
            case "device_authorization" -> config.deviceAuthorization() ? Endpoint.DEVICE_AUTHORIZATION : null;
            case "par" -> config.pushedRequests() ? Endpoint.PAR : null;
            case "jwks" -> config.jwtAccessTokens() ? Endpoint.JWKS : null;
            default -> config.registration() != null && Registrations.isNamed(name) ? Endpoint.REGISTRATION : null;
        };
    }

    Future<Outcome> handle(Endpoint endpoint, Exchange exchange) {
        if (isWithoutTokens(exchange)) {
            return Future.failedFuture(ProxyError.NO_SERVICE.failure());
        }
        if (endpoint == Endpoint.JWKS) {
            return keys(exchange);
        }
        List<String> methods = endpoint == Endpoint.REGISTRATION ? Registrations.methods(exchange) : List.of("POST");
        if (!methods.contains(exchange.method())) {
            return Future.succeededFuture(wrongMethod(name(endpoint) + " endpoint", exchange.method(), methods));
        }
        OAuth2Exception insecure = insecure(exchange);
        return parameters
                .read(endpoint, exchange)
                .transform((read, failure) -> {
                    Map<String, @Nullable Object> known = read == null ? Map.of() : read;
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

    /** The response to a request that cannot read a document; null if it can. */
    private @Nullable Outcome unreadable(String document, Exchange exchange) {
        if (!DOCUMENT_METHODS.contains(exchange.method())) {
            return wrongMethod(document, exchange.method(), DOCUMENT_METHODS);
        }
        OAuth2Exception insecure = insecure(exchange);
        return insecure == null ? null : response(failed(insecure, Map.of()));
    }

    private Future<Outcome> keys(Exchange exchange) {
        Outcome refused = unreadable("key set", exchange);
        return refused != null
                ? Future.succeededFuture(refused)
                : ask(Endpoint.JWKS, exchange, Map.of())
                        .recover(failure -> recovered(failure, Map.of()))
                        .map(OAuth2Endpoint::response);
    }

    private Outcome describe(MetadataDocument document, Exchange exchange) {
        Outcome refused = unreadable("metadata", exchange);
        if (refused != null) {
            return refused;
        }
        String resource = urls.resource(exchange);
        String identifier = urls.issuer(resource);
        return identifier == null || resource == null
                ? response(failed(OAuth2Error.INVALID_REQUEST.because("The request has no host"), Map.of()))
                : response(OAuth2Reply.ok(
                        metadata.of(document, identifier, resource).getMap()));
    }

    private Future<OAuth2Reply> ask(Endpoint endpoint, Exchange exchange, Map<String, @Nullable Object> known) {
        List<String> authorization = header.values(exchange);
        if (authorization.size() > 1) {
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Client credentials given more than once"));
        }
        return provenKey(endpoint, exchange)
                .compose(key -> issuer.send(request(
                        endpoint,
                        exchange,
                        known,
                        authorization.isEmpty() ? null : authorization.get(0),
                        key.orElse(null))))
                .recover(failure -> recovered(failure, known));
    }

    /** The key of the request's proof; empty if it has none, or its endpoint binds nothing to a key. */
    private Future<Optional<ProvenKey>> provenKey(Endpoint endpoint, Exchange exchange) {
        boolean isBinding = endpoint == Endpoint.TOKEN || endpoint == Endpoint.PAR;
        return config.dpop() && isBinding && Proofs.isIn(exchange)
                ? proofs.keyOf(exchange, urls.origins(exchange)).map(Optional::of)
                : Future.succeededFuture(Optional.empty());
    }

    private OAuth2Request request(
            Endpoint endpoint,
            Exchange exchange,
            Map<String, @Nullable Object> known,
            @Nullable String authorization,
            @Nullable ProvenKey key) {
        Service service = exchange.service();
        String resource = urls.resource(exchange);
        boolean isUsedOnce = key != null || !Collections.disjoint(known.keySet(), USED_ONCE);
        return new OAuth2Request(
                endpoint,
                config.pluginId(),
                service == null ? null : service.id(),
                // An id for what can be used once, which has the same result if the proxy repeats it.
                isUsedOnce ? RandomString.next() : null,
                known,
                authorization,
                exchange.clientAddress(),
                urls.issuer(resource),
                resource,
                key,
                config.mtls() ? ClientCertificates.of(exchange) : null,
                isUsedOnce ? clock.getAsLong() : null);
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

    private Outcome wrongMethod(String endpoint, String method, List<String> allowed) {
        String description = "The HTTP method " + method + " is invalid for the " + endpoint;
        String realm = config.realm() == null ? "" : " realm=\"" + config.realm() + "\",";
        OAuth2Exception error = OAuth2Error.INVALID_METHOD
                .because(description)
                .challenging(
                        OAuth2Error.INVALID_METHOD.status(),
                        "Bearer" + realm + " error=\"invalid_method\", error_description=\"" + description + "\"");
        Map<String, String> headers = new LinkedHashMap<>(error.headers());
        headers.put("Allow", String.join(", ", allowed));
        return response(new OAuth2Reply(error.status(), headers, error.body()));
    }

    private static String name(Endpoint endpoint) {
        return switch (endpoint) {
            case TOKEN -> "token";
            case AUTHORIZE -> "authorization";
            case INTROSPECT -> "introspection";
            case REVOKE -> "revocation";
            case DEVICE_AUTHORIZATION -> "device authorization";
            case PAR -> "pushed authorization request";
            case JWKS -> "key set";
            case REGISTRATION -> "client registration";
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
        if (headers.putIfAbsent("Cache-Control", "no-store") == null) {
            headers.put("Pragma", "no-cache");
        }
        if (reply.status() == NO_CONTENT) {
            return new Outcome.Response(reply.status(), headers, Buffer.buffer());
        }
        headers.put("Content-Type", "application/json; charset=utf-8");
        Buffer body = new JsonObject(reply.body()).toBuffer();
        return new Outcome.Response(reply.status(), headers, body);
    }
}
