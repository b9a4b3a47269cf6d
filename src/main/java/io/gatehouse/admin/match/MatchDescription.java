package io.gatehouse.admin.match;

import io.gatehouse.admin.match.RouteMatches.Destination;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.catalog.RoutePlugin;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.routing.ProtocolRule;
import io.gatehouse.routing.RouteMatch;
import io.gatehouse.routing.UpstreamPath;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes how the gateway would serve a request. */
final class MatchDescription {
    private MatchDescription() {}

    static Map<String, @Nullable Object> of(
            Catalog catalog, DescribedRequest request, @Nullable RouteMatch<Destination> match) {
        Map<String, @Nullable Object> description = new LinkedHashMap<>();
        description.put("catalog_version", catalog.version());
        description.put("path", request.path());
        description.put(
                "route",
                match == null ? null : named(match.route().id(), match.route().name()));
        if (match == null) {
            description.put(
                    "plugins",
                    catalog.globalPlugins().stream()
                            .map(plugin -> plugin(plugin.name(), plugin, 0))
                            .toList());
            return description;
        }
        Route route = match.route();
        Service service = match.target().service();
        description.put(
                "matched_path", match.path() == null ? null : match.path().text());
        description.put("rejected_with", rejection(route, request));
        description.put(
                "plugins",
                catalog.pluginsOf(route).stream().map(MatchDescription::plugin).toList());
        description.put("service", service == null ? null : named(service.id(), service.name()));
        description.put("upstream_url", service == null ? null : upstreamUrl(route, service, request, match));
        return description;
    }

    /** Describes how the gateway would serve a metadata document of a route. Its plugin responds, and no upstream gets the request. */
    static Map<String, @Nullable Object> ofMetadata(
            Catalog catalog, DescribedRequest request, RouteMatch<Destination> match) {
        Map<String, @Nullable Object> description = of(catalog, request, match);
        description.put("upstream_url", null);
        return description;
    }

    private static Map<String, @Nullable Object> named(UUID id, @Nullable String name) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        named.put("id", id.toString());
        named.put("name", name);
        return named;
    }

    /** Returns the status with which the proxy rejects the request by the protocols of the route; null if these permit it. */
    private static @Nullable Integer rejection(Route route, DescribedRequest request) {
        return ProtocolRule.of(route) == ProtocolRule.HTTPS && !request.isTls()
                ? route.httpsRedirectStatusCode()
                : null;
    }

    private static Map<String, @Nullable Object> plugin(RoutePlugin plugin) {
        Plugin common = plugin.common();
        long ofConsumers = plugin.ofConsumers().stream().mapToLong(Map::size).sum();
        String name = Stream.concat(
                        Stream.ofNullable(common),
                        plugin.ofConsumers().stream().flatMap(place -> place.values().stream()))
                .findFirst()
                .map(Plugin::name)
                .orElse("");
        return plugin(name, common, ofConsumers);
    }

    private static Map<String, @Nullable Object> plugin(String name, @Nullable Plugin common, long ofConsumers) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("name", name);
        shown.put("id", common == null ? null : common.id().toString());
        shown.put(
                "protocols",
                common == null
                        ? List.of()
                        : common.protocols().stream().sorted().toList());
        shown.put("consumers", ofConsumers);
        return shown;
    }

    private static String upstreamUrl(
            Route route, Service service, DescribedRequest request, RouteMatch<Destination> match) {
        String path = UpstreamPath.of(route, service).path(match, request.path());
        String query = request.target().query();
        return service.protocol() + "://" + service.host() + ":" + service.port() + path
                + (query == null ? "" : "?" + query);
    }
}
