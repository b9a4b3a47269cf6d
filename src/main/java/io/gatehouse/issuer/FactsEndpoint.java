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
import io.gatehouse.token.TokenCache;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells proxies what PostgreSQL knows of what a request shows, and the shared cache with them. */
final class FactsEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(FactsEndpoint.class);

    private final TokenStore tokens;
    private final CredentialStore credentials;
    private final TokenCache cache;

    FactsEndpoint(TokenStore tokens, CredentialStore credentials, TokenCache cache) {
        this.tokens = tokens;
        this.credentials = credentials;
        this.cache = cache;
    }

    void answer(Message<LookupFacts> message) {
        LookupFacts question = message.body();
        find(question)
                .onSuccess(found -> {
                    message.reply(new FactsReply(found.orElse(null)));
                    found.ifPresent(facts -> share(question, facts));
                })
                .onFailure(failure -> {
                    if (!(failure instanceof StoreException.DatabaseUnavailable)) {
                        LOG.warn("cannot look up a {}: {}", question.kind(), LogText.of(failure));
                    }
                    message.fail(Addresses.UNAVAILABLE, "database unavailable");
                });
    }

    private Future<? extends Optional<? extends Facts>> find(LookupFacts question) {
        return switch (question.kind()) {
            case TOKEN -> tokens.find(question.digest());
            case KEY -> credentials.findKey(question.digest());
            case GROUPS -> credentials.findGroups(question.digest()).map(Optional::of);
            case JWT -> credentials.findJwt(question.digest());
        };
    }

    private void share(LookupFacts question, Facts facts) {
        if (facts instanceof SharedFacts shared) {
            cache.put(question.digest(), shared)
                    .onFailure(failure -> LOG.debug("cannot share a {}: {}", question.kind(), LogText.of(failure)));
        }
    }
}
