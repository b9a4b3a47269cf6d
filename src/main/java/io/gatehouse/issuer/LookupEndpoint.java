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
    private final ChangeFeedFreshness contact;

    LookupEndpoint(TokenStore tokens, CredentialStore credentials, CredentialCache cache, ChangeFeedFreshness contact) {
        this.tokens = tokens;
        this.credentials = credentials;
        this.cache = cache;
        this.contact = contact;
    }

    void answer(Message<LookUpCredentials> message) {
        LookUpCredentials question = message.body();
        answer(question).onSuccess(message::reply).onFailure(failure -> {
            if (!(failure instanceof StoreException.DatabaseUnavailable)) {
                LOG.warn("cannot look up a {}: {}", question.kind(), LogText.of(failure));
            }
            message.fail(Addresses.UNAVAILABLE, "database unavailable");
        });
    }

    /** If PostgreSQL is known to be unreachable, the cache is read first: a connection attempt may take long. */
    private Future<CredentialReply> answer(LookUpCredentials question) {
        return contact.isInferred()
                ? cached(question).recover(unknown -> stored(question))
                : stored(question)
                        .recover(failure -> failure instanceof StoreException.DatabaseUnavailable
                                ? cached(question).recover(unknown -> Future.failedFuture(failure))
                                : Future.failedFuture(failure));
    }

    private Future<CredentialReply> stored(LookUpCredentials question) {
        long asOf = contact.reportedSeconds();
        return find(question).map(found -> {
            found.ifPresent(state -> share(question, state, asOf));
            return new CredentialReply(found.orElse(null), false);
        });
    }

    private Future<CredentialReply> cached(LookUpCredentials question) {
        return cache.get(question.digest())
                .compose(found -> found.filter(cached -> contact.isUsable(question.digest(), cached))
                        .map(cached -> Future.succeededFuture(new CredentialReply(cached.state(), true)))
                        .orElseGet(() -> Future.failedFuture("nothing that counts is cached")));
    }

    private Future<? extends Optional<? extends CredentialState>> find(LookUpCredentials question) {
        return switch (question.kind()) {
            case TOKEN -> tokens.find(question.digest());
            case KEY -> credentials.findKey(question.digest());
            case GROUPS -> credentials.findGroups(question.digest()).map(Optional::of);
            case JWT -> credentials.findJwt(question.digest());
            case BASIC -> credentials.findBasic(question.digest());
            case HMAC -> credentials.findHmac(question.digest());
        };
    }

    private void share(LookUpCredentials question, CredentialState state, long asOf) {
        if (state instanceof SharedCredentialState shared) {
            cache.put(question.digest(), new CachedCredential(shared, asOf))
                    .onFailure(failure -> LOG.debug("cannot share a {}: {}", question.kind(), LogText.of(failure)));
        }
    }
}
