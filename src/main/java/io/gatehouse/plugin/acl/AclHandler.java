package io.gatehouse.plugin.acl;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.entity.Plugin;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.plugin.CredentialCheck;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.HeaderText;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Allows or denies groups of Consumers: the {@code acl} plugin.
 *
 * <p><i>Threading</i>: runs for every request that it covers. If the groups are cached in this process, the check completes
 * synchronously.
 */
public final class AclHandler implements PluginHandler {
    private final Set<String> named;
    /** Whether the configured groups are allowed; otherwise they are denied. */
    private final boolean isAllowing;

    private final boolean hideGroups;
    private final CredentialLookup<ConsumerGroups> groups;

    private AclHandler(Document config, CredentialLookup<ConsumerGroups> groups) {
        List<String> allowed = config.strings("allow");
        this.isAllowing = !allowed.isEmpty();
        this.named = Set.copyOf(isAllowing ? allowed : config.strings("deny"));
        this.hideGroups = config.flag("hide_groups_header");
        this.groups = groups;
    }

    /** Returns a factory whose handlers look groups up in {@code groups}. */
    public static PluginFactory factory(CredentialLookup<ConsumerGroups> groups) {
        return (Plugin plugin, Catalog catalog) -> new AclHandler(plugin.config(), groups);
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        Identity identity = exchange.identity();
        if (identity == null) {
            // No plugin has authenticated the request. Kong 3 responds 401, Kong 2 responded 403.
            return Future.failedFuture(ProxyError.UNAUTHORIZED.failure());
        }
        if (identity.consumerId() == null) {
            // As in Kong: the caller is authenticated, but is no Consumer, so in no group.
            return Future.failedFuture(ProxyError.FORBIDDEN.failure());
        }
        return CredentialCheck.decide(
                exchange,
                groups,
                ConsumerGroups.digest(identity.consumerId()),
                state -> decide(exchange, identity, state == null ? List.of() : state.groups()));
    }

    private Future<Outcome> decide(Exchange exchange, Identity identity, List<String> consumers) {
        if (consumers.stream().anyMatch(named::contains) != isAllowing) {
            // As in Kong: a client without credentials, whose anonymous Consumer is in no group, may authenticate.
            boolean mayAuthenticate = isAllowing && consumers.isEmpty() && identity.isAnonymous();
            return Future.failedFuture((mayAuthenticate ? ProxyError.UNAUTHORIZED : ProxyError.FORBIDDEN).failure());
        }
        if (!hideGroups && !consumers.isEmpty()) {
            exchange.upstreamHeader("x-consumer-groups", header(consumers));
        }
        return CONTINUE;
    }

    /** Returns the groups as a header value. Most Consumers are in one group. */
    private static String header(List<String> groups) {
        return groups.size() == 1
                ? HeaderText.ofListElement(groups.get(0))
                : groups.stream().map(HeaderText::ofListElement).collect(Collectors.joining(", "));
    }
}
