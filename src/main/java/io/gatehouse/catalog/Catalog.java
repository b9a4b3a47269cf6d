package io.gatehouse.catalog;

import io.gatehouse.entity.CaCertificate;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.CertifiedKey;
import io.gatehouse.entity.Consumer;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.entity.Sni;
import io.gatehouse.entity.Target;
import io.gatehouse.entity.Upstream;
import io.gatehouse.entity.Vault;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Holds one version of the configuration, as the records that the data path uses. Immutable. */
public final class Catalog {
    private static final Catalog EMPTY = new Catalog(
            0,
            EntityMap.of(EntitySchemas.SERVICES, Service::of),
            EntityMap.of(EntitySchemas.ROUTES, Route::of),
            EntityMap.of(EntitySchemas.PLUGINS, Plugin::of),
            List.of(),
            EntityMap.of(EntitySchemas.UPSTREAMS, Upstream::of),
            EntityMap.of(EntitySchemas.TARGETS, Target::of),
            EntityMap.of(EntitySchemas.CERTIFICATES, CertifiedKey::of),
            EntityMap.of(EntitySchemas.SNIS, Sni::of),
            EntityMap.of(EntitySchemas.CA_CERTIFICATES, CaCertificate::of),
            EntityMap.of(EntitySchemas.VAULTS, Vault::of),
            null);

    private final long version;
    private final EntityMap<Service> services;
    private final EntityMap<Route> routes;
    private final EntityMap<Plugin> plugins;
    private final List<Consumer> consumers;
    private final EntityMap<Upstream> upstreams;
    private final EntityMap<Target> targets;
    private final EntityMap<CertifiedKey> certificates;
    private final EntityMap<Sni> snis;
    private final EntityMap<CaCertificate> caCertificates;
    private final EntityMap<Vault> vaults;

    private final PluginPlaces pluginPlaces;
    private final Map<UUID, List<Target>> targetsByUpstream;
    private final Map<String, Upstream> upstreamsByName;

    private Catalog(
            long version,
            EntityMap<Service> services,
            EntityMap<Route> routes,
            EntityMap<Plugin> plugins,
            List<Consumer> consumers,
            EntityMap<Upstream> upstreams,
            EntityMap<Target> targets,
            EntityMap<CertifiedKey> certificates,
            EntityMap<Sni> snis,
            EntityMap<CaCertificate> caCertificates,
            EntityMap<Vault> vaults,
            @Nullable Catalog before) {
        this.version = version;
        this.services = services;
        this.routes = routes;
        this.plugins = plugins;
        this.consumers = consumers;
        this.upstreams = upstreams;
        this.targets = targets;
        this.certificates = certificates;
        this.snis = snis;
        this.caCertificates = caCertificates;
        this.vaults = vaults;
        // An index is kept while the entities it is made of are the same objects.
        this.pluginPlaces = before != null && before.plugins == plugins
                ? before.pluginPlaces
                : PluginPlaces.of(plugins.values(), before == null ? null : before.pluginPlaces);
        this.targetsByUpstream = before != null && before.targets == targets
                ? before.targetsByUpstream
                : targets.values().stream().collect(Collectors.groupingBy(Target::upstreamId));
        this.upstreamsByName = before != null && before.upstreams == upstreams
                ? before.upstreamsByName
                : upstreams.values().stream()
                        .collect(Collectors.toUnmodifiableMap(Upstream::name, upstream -> upstream));
    }

    /** Creates the configuration of a complete snapshot. */
    public static Catalog of(CatalogSnapshot snapshot) {
        return EMPTY.with(snapshot);
    }

    /** Applies a snapshot of the changes since this version. */
    public Catalog with(CatalogSnapshot changes) {
        List<Consumer> named = changes.of(EntitySchemas.CONSUMERS).stream()
                .map(values -> Consumer.of(new Document(values)))
                .toList();
        return new Catalog(
                changes.version(),
                services.with(changes),
                routes.with(changes),
                plugins.with(changes),
                named,
                upstreams.with(changes),
                targets.with(changes),
                certificates.with(changes),
                snis.with(changes),
                caCertificates.with(changes),
                vaults.with(changes),
                this);
    }

    /** Replaces plugins and certificates; the same catalog if the functions return each of them itself. */
    Catalog replaced(UnaryOperator<Plugin> plugin, UnaryOperator<CertifiedKey> certificate) {
        return with(plugins.replaced(Plugin::id, plugin), certificates.replaced(CertifiedKey::id, certificate), this);
    }

    /** Returns this version with the plugins and certificates of another one, if that has the same references to vaults. */
    Catalog withSecretsOf(Catalog resolved) {
        return with(resolved.plugins, resolved.certificates, resolved);
    }

    /** {@code indexed} is a version whose indexes are used where its entities are the same. */
    private Catalog with(EntityMap<Plugin> newPlugins, EntityMap<CertifiedKey> newCertificates, Catalog indexed) {
        return newPlugins == plugins && newCertificates == certificates
                ? this
                : new Catalog(
                        version,
                        services,
                        routes,
                        newPlugins,
                        consumers,
                        upstreams,
                        targets,
                        newCertificates,
                        snis,
                        caCertificates,
                        vaults,
                        indexed);
    }

    /** Whether this version has the vaults, and the plugins and certificates with references to them, of another version. */
    boolean isReferringAs(Catalog other) {
        return plugins == other.plugins && certificates == other.certificates && vaults == other.vaults;
    }

    /** Whether this version routes, checks and forwards requests as another version does. */
    public boolean isRoutingAs(Catalog other) {
        return services == other.services
                && routes == other.routes
                && plugins == other.plugins
                && consumers.equals(other.consumers)
                && upstreams == other.upstreams
                && targets == other.targets
                && caCertificates == other.caCertificates
                && isServingCertificatesAs(other);
    }

    /**
     * Returns what differs from an earlier version; null if that may be every route: a plugin for every request has changed, or
     * something else than routes, Services and plugins.
     */
    public @Nullable RouteChanges changesSince(Catalog before) {
        boolean isOther = !Set.copyOf(consumers).equals(Set.copyOf(before.consumers))
                || upstreams != before.upstreams
                || targets != before.targets
                || caCertificates != before.caCertificates
                || snis != before.snis
                || vaults != before.vaults
                // With a reference to a vault, each version has other objects.
                || !certificates.changedSince(before.certificates).isEmpty();
        Set<UUID> changedPlugins = isOther ? Set.of() : plugins.changedSince(before.plugins);
        if (isOther
                || changedPlugins.stream()
                        .flatMap(id -> Stream.of(plugins, before.plugins).map(all -> all.get(id)))
                        .filter(Objects::nonNull)
                        .anyMatch(plugin -> plugin.routeId() == null && plugin.serviceId() == null)) {
            return null;
        }
        Set<UUID> changedRoutes = routes.changedSince(before.routes);
        Set<UUID> changedServices = services.changedSince(before.services);
        for (UUID id : changedPlugins) {
            for (EntityMap<Plugin> version : List.of(before.plugins, plugins)) {
                Plugin plugin = version.get(id);
                if (plugin != null && plugin.routeId() != null) {
                    changedRoutes.add(plugin.routeId());
                } else if (plugin != null && plugin.serviceId() != null) {
                    changedServices.add(plugin.serviceId());
                }
            }
        }
        if (!changedServices.isEmpty()) {
            routes.values().stream()
                    .filter(route -> changedServices.contains(route.serviceId()))
                    .map(Route::id)
                    .forEach(changedRoutes::add);
        }
        return new RouteChanges(changedRoutes, changedPlugins);
    }

    /** Whether this version presents the same certificates to clients as another version does. */
    public boolean isServingCertificatesAs(Catalog other) {
        return certificates == other.certificates && snis == other.snis && vaults == other.vaults;
    }

    public long version() {
        return version;
    }

    public Collection<Route> routes() {
        return routes.values();
    }

    public Optional<Route> route(UUID id) {
        return Optional.ofNullable(routes.get(id));
    }

    public Optional<Service> service(@Nullable UUID id) {
        return Optional.ofNullable(services.get(id));
    }

    public Optional<Plugin> plugin(UUID id) {
        return Optional.ofNullable(plugins.get(id));
    }

    public Collection<Plugin> plugins() {
        return plugins.values();
    }

    /** The Consumer that a plugin names as {@code anonymous}: by its id, in any case, or else by its username. */
    public Optional<Consumer> anonymousConsumer(String idOrUsername) {
        return anonymous(consumer -> consumer.id().toString().equalsIgnoreCase(idOrUsername))
                .or(() -> anonymous(consumer -> idOrUsername.equals(consumer.username())));
    }

    private Optional<Consumer> anonymous(Predicate<Consumer> isNamed) {
        return consumers.stream().filter(isNamed).findFirst();
    }

    /** The plugins that run for a request on the route, in execution order. */
    public List<RoutePlugin> pluginsOf(Route route) {
        return pluginPlaces.of(route);
    }

    /** The plugins with a Consumer, by its id, of each place. A map is the same object while its plugins stay the same. */
    public Collection<Map<UUID, Plugin>> pluginsOfConsumers() {
        return pluginPlaces.ofConsumers().values();
    }

    /** The plugins that run for every request, in execution order. Of a request without a route they see only the response. */
    public List<Plugin> globalPlugins() {
        return pluginPlaces.everywhere();
    }

    /** The Upstream of that name. The host of a Service may name one. */
    public Optional<Upstream> upstream(String name) {
        return Optional.ofNullable(upstreamsByName.get(name));
    }

    public Collection<Upstream> upstreams() {
        return upstreams.values();
    }

    public List<Target> targetsOf(Upstream upstream) {
        return targetsByUpstream.getOrDefault(upstream.id(), List.of());
    }

    public Optional<CertifiedKey> certificate(@Nullable UUID id) {
        return Optional.ofNullable(certificates.get(id));
    }

    public Collection<Sni> snis() {
        return snis.values();
    }

    Collection<Vault> vaults() {
        return vaults.values();
    }

    public Optional<CaCertificate> caCertificate(UUID id) {
        return Optional.ofNullable(caCertificates.get(id));
    }
}
