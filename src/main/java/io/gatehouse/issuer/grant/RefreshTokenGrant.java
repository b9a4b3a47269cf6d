package io.gatehouse.issuer.grant;

import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.StoredToken;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.GrantStore.Redemption;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Exchanges a refresh token for an access token and, unless it is reused, for its successor (RFC 6749 §6).
 *
 * <p><i>Invariant</i>: the successor has the access of the refresh token, whatever the plugin allows by now; the access token
 * may have less.
 */
public final class RefreshTokenGrant implements Grant {
    /** A rotated refresh token is recognised for this time, if refresh tokens do not expire. */
    private static final long KEPT_SECONDS = 30L * 24 * 3_600;

    private static final String INVALID = "Invalid refresh_token";

    private final GrantStore grants;
    private final TokenIssuance issuance;
    private final ChangeBroadcast changes;
    private final ReplayRevocation misuse;

    public RefreshTokenGrant(
            GrantStore grants, TokenIssuance issuance, ChangeBroadcast changes, ReplayRevocation misuse) {
        this.grants = grants;
        this.issuance = issuance;
        this.changes = changes;
        this.misuse = misuse;
    }

    @Override
    public String type() {
        return "refresh_token";
    }

    @Override
    public boolean isEnabled(OAuth2Config config) {
        return true;
    }

    /** The client of a device has none (RFC 8628 §3.1). */
    @Override
    public boolean needsRedirectUris(OAuth2Config config) {
        return !config.deviceAuthorization();
    }

    @Override
    public Future<FreshToken> grant(Client client, IssuerRequest request) {
        String refreshToken = request.text("refresh_token");
        if (refreshToken == null) {
            // A parameter is missing (RFC 6749 §5.2), with the text of Kong.
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because(INVALID));
        }
        // The transaction may run more than once; the last token made is the one stored.
        AtomicReference<FreshToken> made = new AtomicReference<>();
        Attempt attempt = Attempt.of(request);
        return issuance.prepare(request)
                .compose(prepared -> refresh(refreshToken, client, request, attempt, made))
                .compose(use -> given(use, client, request, attempt, made));
    }

    private Future<Redemption> refresh(
            String refreshToken,
            Client client,
            IssuerRequest request,
            Attempt attempt,
            AtomicReference<FreshToken> made) {
        OAuth2Config config = request.config();
        long keepSeconds = config.refreshTokenTtl() > 0 ? config.refreshTokenTtl() : KEPT_SECONDS;
        return grants.refresh(CredentialDigest.of(refreshToken), attempt.digest(), client, keepSeconds, old -> {
            check(old, client, request);
            FreshToken token = successor(old, attempt, client, request, refreshToken);
            return issuance.formed(token, client, request, null).map(formed -> {
                made.set(formed);
                return formed.stored();
            });
        });
    }

    private Future<FreshToken> given(
            Redemption use, Client client, IssuerRequest request, Attempt attempt, AtomicReference<FreshToken> made) {
        if (use instanceof Redemption.Redeemed given) {
            List<CredentialDigest> replaced = given.replaced().map(List::of).orElse(List.of());
            return changes.invalidate(replaced)
                    .map(done -> issuance.cached(Objects.requireNonNull(made.get()), given.state()));
        }
        if (use instanceof Redemption.Replayed again && again.credentialId().equals(client.credentialId())) {
            if (again.isSameAttempt()) {
                return issuance.repeat(attempt, client, request, again.isScopeDifferent())
                        .map(token -> reporting(token.orElseThrow(() -> invalid(request)), request));
            }
            if (again.age() > request.config().refreshTokenGrace()) {
                return misuse.revoke(again.familyId(), client, "re-used refresh token")
                        .compose(revoked -> Future.failedFuture(invalid(request)));
            }
        }
        return Future.failedFuture(invalid(request));
    }

    private static FreshToken successor(
            StoredToken old, Attempt attempt, Client client, IssuerRequest request, String refreshToken) {
        GrantedAccess access = RequestedKey.refresh(RequestedResource.restrict(old.access(), request), client, request);
        String scope = RequestedScope.narrow(access.scope(), request);
        if (keepsRefreshToken(client, request)) {
            FreshToken kept = FreshToken.inRow(old, attempt, request, access)
                    .narrowedTo(scope)
                    .keeping(refreshToken);
            return reporting(kept, request);
        }
        UUID family = Objects.requireNonNullElseGet(access.familyId(), UUID::randomUUID);
        return reporting(
                FreshToken.pair(attempt, request, access.inFamily(family)).narrowedTo(scope), request);
    }

    /** The same tokens; the response names the scope if the plugin has ignored that of the request (RFC 6749 §5.1). */
    private static FreshToken reporting(FreshToken token, IssuerRequest request) {
        String scope = token.stored().scope();
        return token.reportingScope(RequestedScope.isDifferent(request, scope));
    }

    /** A public client's refresh token is not bound to its sender, so it is rotated (RFC 9700 §4.14.2). */
    private static boolean keepsRefreshToken(Client client, IssuerRequest request) {
        boolean isRotated = !client.isConfidential() && Departure.REUSE_OF_PUBLIC_CLIENT.followsRfc(request.isRfc());
        return request.config().reuseRefreshToken() && !isRotated;
    }

    private static void check(StoredToken old, Client client, IssuerRequest request) {
        if (!request.covers(old.access())) {
            throw invalid(request);
        }
        if (!old.credentialId().equals(client.credentialId())) {
            throw Departure.FOREIGN_REFRESH_TOKEN
                    .choose(request.isRfc(), OAuth2Error.INVALID_CLIENT, OAuth2Error.INVALID_GRANT)
                    .because("Invalid client authentication");
        }
        RequestedScope.requireAllowed(old.access().scope(), request);
    }

    private static OAuth2Exception invalid(IssuerRequest request) {
        return Departure.DEAD_REFRESH_TOKEN
                .choose(request.isRfc(), OAuth2Error.INVALID_REQUEST, OAuth2Error.INVALID_GRANT)
                .because(INVALID);
    }
}
