package io.gatehouse.plugin.openidconnect;

import io.gatehouse.credential.ConsumerState;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.plugin.CredentialCheck;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Identifies the caller by claims: the Consumer of {@code consumer_claim}, and the credential of {@code credential_claim}, by which other
 * plugins tell callers apart who are no Consumers (docs/reference/plugins.md#consumers-and-credentials). Immutable.
 *
 * <p><i>Threading</i>: all event loops share it. A Consumer that is cached in this process is found synchronously.
 */
final class ClaimedIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimedIdentity.class);

    private final ClaimPath consumerClaim;
    private final List<String> consumerBy;
    private final boolean isOptional;
    private final ClaimPath credentialClaim;
    private final CredentialLookup<ConsumerState> consumers;

    ClaimedIdentity(Document config, CredentialLookup<ConsumerState> consumers) {
        this.consumerClaim = ClaimPath.of(config, "consumer_claim");
        this.consumerBy = config.strings("consumer_by");
        this.isOptional = config.flag("consumer_optional");
        this.credentialClaim = ClaimPath.of(config, "credential_claim");
        this.consumers = consumers;
    }

    /**
     * Sets the identity of an authenticated request. Fails as {@link CredentialCheck} does.
     *
     * @param accept continues with the identity
     * @param reject responds if the claim names no Consumer and one is required
     */
    Future<Outcome> identify(
            Exchange exchange,
            Authenticated authenticated,
            Supplier<Future<Outcome>> accept,
            Supplier<Future<Outcome>> reject) {
        Identity own = authenticated.identity();
        if (own != null) {
            exchange.identity(own);
            return accept.get();
        }
        String credential = credentialClaim.identifier(authenticated.claims());
        if (consumerClaim.names().isEmpty()) {
            return withoutConsumer(exchange, credential, accept);
        }
        return find(exchange, digests(authenticated.claims()), found -> {
            if (found != null) {
                exchange.identity(Identity.of(found, credential, exchange.identity()));
                return accept.get();
            }
            if (isOptional) {
                return withoutConsumer(exchange, credential, accept);
            }
            LOG.debug("no Consumer has the value of consumer_claim request_id={}", exchange.requestId());
            return reject.get();
        });
    }

    /** Returns the digests to look up, in the order of the configuration. */
    private List<CredentialDigest> digests(Map<String, Object> claims) {
        String value = consumerClaim.identifier(claims);
        return value == null
                ? List.of()
                : consumerBy.stream()
                        .map(field -> digest(field, value))
                        .filter(Objects::nonNull)
                        .toList();
    }

    private static @Nullable CredentialDigest digest(String field, String value) {
        return switch (field) {
            case "id" -> digestOfId(value);
            case "username" -> ConsumerState.digestOfUsername(value);
            default -> ConsumerState.digestOfCustomId(value);
        };
    }

    private static @Nullable CredentialDigest digestOfId(String value) {
        try {
            UUID id = UUID.fromString(value);
            // It also accepts shortened forms.
            return id.toString().equalsIgnoreCase(value) ? ConsumerState.digest(id) : null;
        } catch (IllegalArgumentException other) {
            return null;
        }
    }

    private Future<Outcome> find(
            Exchange exchange, List<CredentialDigest> digests, CredentialCheck.Decision<ConsumerState> decision) {
        if (digests.isEmpty()) {
            return decision.on(null);
        }
        return CredentialCheck.decide(
                exchange,
                consumers,
                digests.get(0),
                found -> found == null
                        ? find(exchange, digests.subList(1, digests.size()), decision)
                        : decision.on(found));
    }

    /** Keeps the Consumer of an earlier plugin, which has authenticated the request too. */
    private static Future<Outcome> withoutConsumer(
            Exchange exchange, @Nullable String credential, Supplier<Future<Outcome>> accept) {
        Identity earlier = exchange.identity();
        if (earlier == null || earlier.isAnonymous()) {
            // The request is authenticated, so it is not the anonymous Consumer's.
            exchange.identity(credential == null ? null : Identity.withoutConsumer(credential, null));
        }
        return accept.get();
    }
}
