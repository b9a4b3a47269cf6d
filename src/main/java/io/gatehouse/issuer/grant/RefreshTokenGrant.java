package io.gatehouse.issuer.grant;

import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.StoredToken;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.GrantStore.Redemption;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** RFC 6749 §6: a refresh token for a new access token, and unless it is reused, for its own successor. */
public final class RefreshTokenGrant implements Grant {
    /** Where refresh tokens are kept for ever, exchanged ones are recognised this long. */
    private static final long KEPT_SECONDS = 30L * 24 * 3_600;

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
    public Future<FreshToken> grant(Client client, GrantRequest request) {
        String refreshToken = request.text("refresh_token");
        if (refreshToken == null) {
            return Future.failedFuture(invalid());
        }
        OAuth2Config config = request.config();
        long remember = config.refreshTokenTtl() > 0 ? config.refreshTokenTtl() : KEPT_SECONDS;
        // Made inside the transaction, which may run more than once; the last one made is the one stored.
        AtomicReference<FreshToken> made = new AtomicReference<>();
        Attempt attempt = Attempt.of(request);
        return grants.refresh(CredentialDigest.of(refreshToken), attempt.digest(), client, remember, old -> {
                    check(old, client, request);
                    FreshToken token = successor(old, attempt, request, refreshToken);
                    made.set(token);
                    return token.stored();
                })
                .compose(use -> answer(use, client, request, attempt, made));
    }

    private Future<FreshToken> answer(
            Redemption use, Client client, GrantRequest request, Attempt attempt, AtomicReference<FreshToken> made) {
        if (use instanceof Redemption.Redeemed given) {
            List<CredentialDigest> replaced = given.replaced().map(List::of).orElse(List.of());
            return changes.invalidate(replaced)
                    .compose(forgotten -> issuance.announce(Objects.requireNonNull(made.get()), given.state()));
        }
        boolean isOwn =
                use instanceof Redemption.Replayed again && again.credentialId().equals(client.credentialId());
        if (isOwn && use instanceof Redemption.Replayed again && again.isSameAttempt()) {
            return Future.succeededFuture(FreshToken.of(attempt, request, null, null, null, again.familyId()));
        }
        if (isOwn
                && use instanceof Redemption.Replayed again
                && again.age() > request.config().refreshTokenGrace()) {
            return misuse.revoke(again.familyId(), client, "re-used refresh token")
                    .compose(revoked -> Future.failedFuture(invalid()));
        }
        return Future.failedFuture(invalid());
    }

    /** Bound to the Service the old one is bound to, also where the plugin has come to give global ones. */
    private static FreshToken successor(StoredToken old, Attempt attempt, GrantRequest request, String refreshToken) {
        if (request.config().reuseRefreshToken()) {
            return FreshToken.inRow(old, attempt, request).keeping(refreshToken);
        }
        UUID family = Objects.requireNonNullElseGet(old.familyId(), UUID::randomUUID);
        return FreshToken.of(attempt, request, old.serviceId(), old.scope(), old.authenticatedUserId(), family);
    }

    private static void check(StoredToken old, Client client, GrantRequest request) {
        OAuth2Config config = request.config();
        boolean rightPlace = Objects.equals(old.serviceId(), request.serviceId())
                || (config.globalCredentials() && old.serviceId() == null);
        if (!rightPlace) {
            throw invalid();
        }
        if (!old.credentialId().equals(client.credentialId())) {
            throw OAuth2Error.INVALID_CLIENT.because("Invalid client authentication");
        }
        Set<String> allowed = config.scopes();
        if (old.scope() != null && allowed != null) {
            for (String scope : old.scope().split(" ", -1)) {
                if (!scope.isEmpty() && !allowed.contains(scope)) {
                    throw OAuth2Error.INVALID_SCOPE.because("Scope mismatch");
                }
            }
        }
    }

    private static OAuth2Exception invalid() {
        return OAuth2Error.INVALID_REQUEST.because("Invalid refresh_token");
    }
}
