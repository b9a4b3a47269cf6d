package io.gatehouse.issuer;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.CredentialReply;
import io.gatehouse.bus.LookUpCredentials;
import io.gatehouse.credential.CredentialState;
import io.gatehouse.credential.SharedCredentialState;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.store.CredentialStore;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.TokenStore;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up credential states in PostgreSQL for proxies, and puts them into the shared cache. If PostgreSQL is unreachable, it
 * returns valid states from the shared cache: a proxy that has just started cannot decide which are valid.
 */
final class LookupEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(LookupEndpoint.class);

    private final TokenStore tokens;
    private final CredentialStore credentials;
    private final CredentialCache cache;
    private final ChangeFeedFreshness freshness;

    LookupEndpoint(
            TokenStore tokens, CredentialStore credentials, CredentialCache cache, ChangeFeedFreshness freshness) {
        this.tokens = tokens;
        this.credentials = credentials;
        this.cache = cache;
        this.freshness = freshness;
    }

    void handle(Message<LookUpCredentials> message) {
        LookUpCredentials request = message.body();
        reply(request).onSuccess(message::reply).onFailure(failure -> {
            if (!(failure instanceof StoreException.DatabaseUnavailable)) {
                LOG.warn("cannot look up a {}: {}", request.kind(), LogText.of(failure));
            }
            message.fail(Addresses.UNAVAILABLE, "database unavailable");
        });
    }

    /** If PostgreSQL is known to be unreachable, the cache is read first: a connection attempt may take long. */
    private Future<CredentialReply> reply(LookUpCredentials request) {
        return freshness.isInferred()
                ? cached(request).recover(unknown -> stored(request))
                : stored(request)
                        .recover(failure -> failure instanceof StoreException.DatabaseUnavailable
                                ? cached(request).recover(unknown -> Future.failedFuture(failure))
                                : Future.failedFuture(failure));
    }

    private Future<CredentialReply> stored(LookUpCredentials request) {
        long asOf = freshness.reportedSeconds();
        return find(request).map(found -> {
            found.ifPresent(state -> share(request, state, asOf));
            return new CredentialReply(found.orElse(null), false);
        });
    }

    private Future<CredentialReply> cached(LookUpCredentials request) {
        return cache.get(request.digest())
                .compose(found -> found.filter(cached -> freshness.isUsable(request.digest(), cached))
                        .map(cached -> Future.succeededFuture(new CredentialReply(cached.state(), true)))
                        .orElseGet(() -> Future.failedFuture("no usable entry is cached")));
    }

    private Future<? extends Optional<? extends CredentialState>> find(LookUpCredentials request) {
        return switch (request.kind()) {
            case TOKEN -> tokens.find(request.digest());
            case KEY -> credentials.findKey(request.digest());
            case GROUPS -> credentials.findGroups(request.digest()).map(Optional::of);
            case JWT -> credentials.findJwt(request.digest());
            case BASIC -> credentials.findBasic(request.digest());
            case HMAC -> credentials.findHmac(request.digest());
            case CONSUMER -> credentials.findConsumer(request.digest());
        };
    }

    private void share(LookUpCredentials request, CredentialState state, long asOf) {
        if (state instanceof SharedCredentialState shared) {
            cache.put(request.digest(), new CachedCredential(shared, asOf));
        }
    }
}
