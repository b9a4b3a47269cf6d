package io.gatehouse.issuer;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FactsReply;
import io.gatehouse.bus.LookupFacts;
import io.gatehouse.oauth.Facts;
import io.gatehouse.oauth.SharedFacts;
import io.gatehouse.store.CredentialStore;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.TokenStore;
import io.gatehouse.syntax.LogText;
import io.gatehouse.token.CachedFacts;
import io.gatehouse.token.DatabaseContact;
import io.gatehouse.token.TokenCache;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells proxies what PostgreSQL knows of what a request shows, and the shared cache with them. While PostgreSQL is unreachable,
 * what the shared cache has and counts here: a proxy that has just started cannot tell what counts.
 */
final class FactsEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(FactsEndpoint.class);

    private final TokenStore tokens;
    private final CredentialStore credentials;
    private final TokenCache cache;
    private final DatabaseContact contact;

    FactsEndpoint(TokenStore tokens, CredentialStore credentials, TokenCache cache, DatabaseContact contact) {
        this.tokens = tokens;
        this.credentials = credentials;
        this.cache = cache;
        this.contact = contact;
    }

    void answer(Message<LookupFacts> message) {
        LookupFacts question = message.body();
        answer(question).onSuccess(message::reply).onFailure(failure -> {
            if (!(failure instanceof StoreException.DatabaseUnavailable)) {
                LOG.warn("cannot look up a {}: {}", question.kind(), LogText.of(failure));
            }
            message.fail(Addresses.UNAVAILABLE, "database unavailable");
        });
    }

    /** A PostgreSQL that is known to be unreachable may take its time to say so. */
    private Future<FactsReply> answer(LookupFacts question) {
        return contact.isInferred()
                ? cached(question).recover(unknown -> stored(question))
                : stored(question)
                        .recover(failure -> failure instanceof StoreException.DatabaseUnavailable
                                ? cached(question).recover(unknown -> Future.failedFuture(failure))
                                : Future.failedFuture(failure));
    }

    private Future<FactsReply> stored(LookupFacts question) {
        long asOf = contact.reportedSeconds();
        return find(question).map(found -> {
            found.ifPresent(facts -> share(question, facts, asOf));
            return new FactsReply(found.orElse(null), false);
        });
    }

    private Future<FactsReply> cached(LookupFacts question) {
        return cache.get(question.digest())
                .compose(found -> found.filter(cached -> contact.counts(question.digest(), cached))
                        .map(cached -> Future.succeededFuture(new FactsReply(cached.facts(), true)))
                        .orElseGet(() -> Future.failedFuture("nothing that counts is cached")));
    }

    private Future<? extends Optional<? extends Facts>> find(LookupFacts question) {
        return switch (question.kind()) {
            case TOKEN -> tokens.find(question.digest());
            case KEY -> credentials.findKey(question.digest());
            case GROUPS -> credentials.findGroups(question.digest()).map(Optional::of);
            case JWT -> credentials.findJwt(question.digest());
        };
    }

    private void share(LookupFacts question, Facts facts, long asOf) {
        if (facts instanceof SharedFacts shared) {
            cache.put(question.digest(), new CachedFacts(shared, asOf))
                    .onFailure(failure -> LOG.debug("cannot share a {}: {}", question.kind(), LogText.of(failure)));
        }
    }
}
