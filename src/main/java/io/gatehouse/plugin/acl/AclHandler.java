package io.gatehouse.plugin.acl;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.Plugin;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.HeaderText;
import io.gatehouse.telemetry.RequestTrace;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The {@code acl} plugin. Runs for every proxied request it covers: groups this process remembers are checked in plain
 * calls, without waiting for anything.
 */
public final class AclHandler implements PluginHandler {
    private final Set<String> named;
    /** Whether the groups named are let in; else they are kept out. */
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

    /** Makes handlers that look groups up there. */
    public static PluginFactory factory(CredentialLookup<ConsumerGroups> groups) {
        return (Plugin plugin, Catalog catalog) -> new AclHandler(plugin.config(), groups);
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        Identity identity = exchange.identity();
        if (identity == null) {
            // No plugin asks who the caller is. Kong 3 says 401 here; it was 403 up to Kong 2.
            return Future.failedFuture(ProxyError.UNAUTHORIZED.failure());
        }
        CredentialDigest digest = ConsumerGroups.digest(identity.consumerId());
        ConsumerGroups known = groups.cached(digest);
        return known != null
                ? decide(exchange, known.groups())
                : RequestTrace.lookup(exchange.trace(), groups.find(digest)).transform((found, failure) -> {
                    if (failure != null) {
                        return Future.failedFuture(
                                failure instanceof IssuerUnavailable
                                        ? ProxyError.TEMPORARILY_UNAVAILABLE.failure()
                                        : failure);
                    }
                    return decide(exchange, found.map(ConsumerGroups::groups).orElse(List.of()));
                });
    }

    private Future<Outcome> decide(Exchange exchange, List<String> consumers) {
        if (consumers.stream().anyMatch(named::contains) != isAllowing) {
            return Future.failedFuture(ProxyError.FORBIDDEN.failure());
        }
        if (!hideGroups && !consumers.isEmpty()) {
            exchange.upstreamHeader("x-consumer-groups", header(consumers));
        }
        return CONTINUE;
    }

    /** Nearly every consumer is in one group. */
    private static String header(List<String> groups) {
        return groups.size() == 1
                ? HeaderText.ofListElement(groups.get(0))
                : groups.stream().map(HeaderText::ofListElement).collect(Collectors.joining(", "));
    }
}
