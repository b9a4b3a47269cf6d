package io.gatehouse.plugin.oauth2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.lookup.IssuerClient;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.DpopProfile;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.oauth2.dpop.Proofs;
import io.gatehouse.routing.MetadataDocument;
import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.form.UrlEncoded;
import io.gatehouse.telemetry.RequestTrace;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the {@code oauth2} plugin on the proxy (docs/reference/oauth2.md#endpoints, docs/reference/oauth2.md#api-calls). A token that
 * the process has cached is checked synchronously.
 */
final class OAuth2Handler implements PluginHandler {
    /** Bytes of a body in which a token may be; with a larger body the client has to use the header. */
    private static final int BODY_LIMIT = 64 * 1024;

    private final OAuth2Config config;
    private final HeaderName authorization;
    private final PublicUrls urls;
    private final OAuth2Endpoint endpoint;
    private final TokenCheck check;
    /** Of tokens that are presented with a proof. */
    private final TokenCheck proofCheck;

    private final SenderConstraint senders;
    private final CredentialLookup<TokenState> tokens;
    private final Anonymous anonymous;
    private final boolean isOneMethodRequired;
    private final boolean isRepetitionNamed;
    private final boolean isFormRequired;

    OAuth2Handler(
            OAuth2Config config,
            CredentialLookup<TokenState> tokens,
            IssuerClient issuer,
            Proofs proofs,
            Anonymous anonymous) {
        this.config = config;
        this.authorization = HeaderName.of(config.authHeaderName());
        this.urls = new PublicUrls(config);
        this.endpoint = new OAuth2Endpoint(config, authorization, urls, proofs, issuer, tokens::epochSeconds);
        this.check = new TokenCheck(config, Challenges.bearer(config));
        Challenges ofProofs = Challenges.dpop(config);
        this.proofCheck = new TokenCheck(config, ofProofs);
        this.senders = new SenderConstraint(config, urls, proofs, ofProofs, check.invalid, proofCheck.invalid);
        this.tokens = tokens;
        this.anonymous = anonymous;
        this.isOneMethodRequired = Departure.TOKEN_TWICE.followsRfc(config.isRfc());
        this.isRepetitionNamed = Departure.TOKEN_REPEATED.followsRfc(config.isRfc());
        this.isFormRequired = Departure.TOKEN_IN_OTHER_BODY.followsRfc(config.isRfc());
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        Endpoint asked = endpoint.of(exchange.path());
        if (asked != null) {
            return endpoint.handle(asked, exchange);
        }
        MetadataDocument document = MetadataDocument.of(exchange.path(), exchange.matchedPath());
        if (document != null) {
            return endpoint.handle(document, exchange);
        }
        if (config.mtls()) {
            ClientCertificates.forward(exchange);
        }
        List<String> headers = authorization.values(exchange);
        String query = exchange.query();
        hideCredentials(exchange);
        if (anonymous.isSatisfied(exchange)) {
            return CONTINUE;
        }
        return headers.isEmpty() ? checkElsewhere(exchange, query) : checkInHeader(exchange, headers, query);
    }

    /** Hides the header and the query's parameter, whichever of them counts: the upstream may read the other. */
    private void hideCredentials(Exchange exchange) {
        if (config.hideCredentials()) {
            authorization.hide(exchange);
            if (config.dpop()) {
                exchange.hideHeader(DpopProfile.HEADER);
            }
            String query = exchange.query();
            if (query != null && PresentedToken.isNamed(query)) {
                exchange.query(PresentedToken.without(query));
            }
        }
    }

    /** The parameters of RFC 6749, 6750, 7009, 7521, 7636, 8628 and 8693 that carry a credential, and Kong's own. */
    @Override
    public Collection<String> secretNames() {
        return List.of(
                config.authHeaderName(),
                DpopProfile.HEADER,
                "access_token",
                "refresh_token",
                "token",
                "code",
                "code_verifier",
                "device_code",
                "subject_token",
                "actor_token",
                "client_secret",
                "client_assertion",
                "password",
                "provision_key");
    }

    @Override
    public boolean servesMetadata() {
        return true;
    }

    private Future<Outcome> checkInHeader(Exchange exchange, List<String> headers, @Nullable String query) {
        if (headers.size() > 1) {
            // Two readers could choose different ones, or join them (RFC 9110 §5.3).
            return refuse(exchange, check.invalid);
        }
        String header = HeaderValue.text(headers.get(0));
        if (header.isEmpty()) {
            return refuse(exchange, check.missing);
        }
        if (isOneMethodRequired && PresentedToken.isNamed(query)) {
            return refuse(exchange, check.repeated);
        }
        String token = PresentedToken.inHeader(header);
        if (token != null) {
            return checkUnlessInForm(exchange, token, false);
        }
        String proven = config.dpop() ? PresentedToken.withProof(header) : null;
        if (proven == null && Departure.TOKEN_WITHOUT_SCHEME.followsRfc(config.isRfc())) {
            return refuse(exchange, PresentedToken.isOfOtherScheme(header) ? check.otherScheme : check.invalid);
        }
        // Kong looks any other value up as it is, so a token alone is one.
        return checkUnlessInForm(exchange, proven == null ? header : proven, proven != null);
    }

    /** Checks a token of the header or the query. RFC 6750 §2 does not allow a second one. */
    private Future<Outcome> checkUnlessInForm(Exchange exchange, String token, boolean hasProof) {
        return isOneMethodRequired && PresentedToken.mayBeInForm(exchange, BODY_LIMIT)
                ? exchange.readBody(BODY_LIMIT)
                        .compose(body -> hideInForm(exchange)
                                ? refuse(exchange, check.repeated)
                                : check(exchange, token, hasProof))
                : check(exchange, token, hasProof);
    }

    /**
     * Hides every token of a form that was read, also those that do not count: the request is forwarded if there is an anonymous
     * Consumer. Returns whether the form has one.
     */
    private boolean hideInForm(Exchange exchange) {
        String form = form(exchange);
        boolean isNamed = PresentedToken.isNamed(form);
        if (isNamed && config.hideCredentials()) {
            String rest = PresentedToken.without(form);
            exchange.body(Buffer.buffer(rest == null ? "" : rest, ISO_8859_1.name()));
        }
        return isNamed;
    }

    private Future<Outcome> checkElsewhere(Exchange exchange, @Nullable String query) {
        List<String> inQuery = PresentedToken.values(query);
        if (inQuery.size() > 1) {
            return refuse(exchange, isRepetitionNamed ? check.repeated : check.invalid);
        }
        if (!inQuery.isEmpty() && !inQuery.get(0).isEmpty()) {
            // A value that is not UTF-8 names no token.
            return UrlEncoded.isReplaced(inQuery.get(0))
                    ? refuse(exchange, check.invalid)
                    : checkUnlessInForm(exchange, inQuery.get(0), false);
        }
        if (!PresentedToken.mayBeInBody(exchange, isFormRequired)) {
            return refuse(exchange, check.missing);
        }
        return exchange.readBody(BODY_LIMIT)
                .transform((body, failure) -> failure == null
                        ? checkInBody(exchange)
                        : failure instanceof Exchange.BodyTooLarge
                                ? refuseWithoutBody(exchange)
                                : Future.failedFuture(failure));
    }

    private Future<Outcome> checkInBody(Exchange exchange) {
        boolean isForm = PresentedToken.isForm(exchange);
        boolean isRepeated = isForm && PresentedToken.values(form(exchange)).size() > 1;
        String token = PresentedToken.inBody(exchange);
        if (isForm) {
            hideInForm(exchange);
        }
        if (isRepeated && isRepetitionNamed) {
            return refuse(exchange, check.repeated);
        }
        return token == null ? refuse(exchange, check.missing) : check(exchange, token, false);
    }

    private static String form(Exchange exchange) {
        Buffer body = exchange.body();
        return body == null ? "" : body.toString(ISO_8859_1);
    }

    private Future<Outcome> check(Exchange exchange, String token, boolean hasProof) {
        CredentialDigest digest = CredentialDigest.of(token);
        TokenState state = tokens.cached(digest);
        return state != null
                ? decide(exchange, digest, state, hasProof)
                : RequestTrace.lookup(exchange.trace(), tokens.find(digest)).transform((found, failure) -> {
                    if (failure instanceof IssuerUnavailable) {
                        return Future.failedFuture(
                                OAuth2Error.TEMPORARILY_UNAVAILABLE.because("The access token cannot be checked now"));
                    }
                    if (failure != null) {
                        return Future.failedFuture(failure);
                    }
                    return found.isPresent()
                            ? decide(exchange, digest, found.get(), hasProof)
                            : refuse(exchange, of(hasProof).invalid);
                });
    }

    private TokenCheck of(boolean hasProof) {
        return hasProof ? proofCheck : check;
    }

    private Future<Outcome> decide(Exchange exchange, CredentialDigest digest, TokenState state, boolean hasProof) {
        // Most tokens are for no resource, and its URL is not made for them.
        String resource = state.resource() == null ? null : urls.resource(exchange);
        OAuth2Exception violation = of(hasProof).violation(state, exchange.service(), resource, tokens.epochSeconds());
        if (violation != null) {
            return refuse(exchange, violation);
        }
        return SenderConstraint.applies(state, hasProof)
                ? senders.violation(exchange, digest, state, hasProof)
                        .compose(error -> error.isPresent() ? refuse(exchange, error.get()) : accept(exchange, state))
                : accept(exchange, state);
    }

    private static Future<Outcome> accept(Exchange exchange, TokenState state) {
        exchange.identity(new Identity(
                state.consumerId(),
                state.consumerCustomId(),
                state.consumerUsername(),
                state.clientId(),
                state.scope(),
                state.authenticatedUserId(),
                false));
        return CONTINUE;
    }

    private Future<Outcome> refuse(Exchange exchange, OAuth2Exception violation) {
        String metadata =
                Departure.RESOURCE_METADATA.followsRfc(config.isRfc()) ? urls.resourceMetadata(exchange) : null;
        OAuth2Exception error =
                metadata == null ? violation : violation.withChallengeParameter("resource_metadata", metadata);
        // The client sends the request again with the nonce (RFC 9449 §9): as itself, and not as the anonymous
        // Consumer.
        return error.error() == OAuth2Error.USE_DPOP_NONCE
                ? Future.failedFuture(error)
                : anonymous.reject(exchange, error);
    }

    /** A body that is too large to be searched. The part that was read is lost, so it cannot be forwarded either. */
    private Future<Outcome> refuseWithoutBody(Exchange exchange) {
        return exchange.isBodyRead()
                ? Future.failedFuture(ProxyError.PAYLOAD_TOO_LARGE.failure())
                : refuse(exchange, check.missing);
    }
}
