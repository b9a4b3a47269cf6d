package io.gatehouse.balancer;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Done;
import io.gatehouse.bus.FetchUpstreamHealth;
import io.gatehouse.bus.SetTargetHealth;
import io.gatehouse.bus.UpstreamHealth;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Upstream;
import io.gatehouse.upstream.ClientCertificate;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds the balancers of a node, one for each Upstream, shared by all its event loops.
 *
 * <p>As a verticle it replies to the Admin API about health. Name resolution and health checks stop with it.
 */
public final class Balancers extends VerticleBase {
    /** A configuration is applied after this time at the latest. Names that are resolved later are added then. */
    private static final Duration FIRST_RESOLUTION = Duration.ofSeconds(1);

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(60);

    private final String nodeId;
    private final List<String> nameServers;
    private final SearchList search;
    private final Map<UUID, Balancer> balancers = new ConcurrentHashMap<>();
    private @Nullable NameResolver resolver;
    private @Nullable Probes probes;

    /** {@code nameServers} resolve the targets, {@code ip:port} each. If there are none, the system's do. {@code search} completes names. */
    public Balancers(String nodeId, List<String> nameServers, SearchList search) {
        this.nodeId = nodeId;
        this.nameServers = List.copyOf(nameServers);
        this.search = search;
    }

    @Override
    public Future<?> start() {
        probes = new Probes(vertx, (int) LONGEST_CONNECT.toMillis());
        // Reads the hosts file and the system's name servers.
        return vertx.executeBlocking(() -> new NameResolver(nameServers, search))
                .compose(created -> {
                    resolver = created;
                    return Future.all(
                            vertx.eventBus()
                                    .<FetchUpstreamHealth>consumer(Addresses.UPSTREAM_HEALTH, this::reply)
                                    .completion(),
                            vertx.eventBus()
                                    .<SetTargetHealth>consumer(Addresses.setTargetHealth(nodeId), this::set)
                                    .completion());
                });
    }

    private void reply(Message<FetchUpstreamHealth> request) {
        Balancer balancer = balancers.get(request.body().upstreamId());
        if (balancer == null) {
            request.fail(Addresses.UNKNOWN, "this node has no such Upstream");
        } else {
            request.reply(balancer.health().seenBy(nodeId));
        }
    }

    private void set(Message<SetTargetHealth> request) {
        Balancer balancer = balancers.get(request.body().upstreamId());
        if (balancer != null) {
            balancer.set(request.body().target(), request.body().healthy());
        }
        request.reply(new Done());
    }

    /**
     * Applies the Upstreams of a configuration. Completes when their names have been queried, or after 1 s.
     *
     * <p>Blocks while new ones are built, so it must not be called on an event loop.
     */
    public Future<Void> update(Catalog catalog) {
        NameResolver names = resolver;
        Probes ownProbes = probes;
        if (names == null || ownProbes == null) {
            throw new IllegalStateException("not deployed");
        }
        Set<UUID> present = new HashSet<>();
        List<Future<Void>> resolved = new ArrayList<>();
        for (Upstream upstream : catalog.upstreams()) {
            present.add(upstream.id());
            Balancer balancer = balancers.computeIfAbsent(
                    upstream.id(), created -> new Balancer(vertx, names, ownProbes, upstream));
            ClientCertificate certificate = catalog.certificate(upstream.clientCertificateId())
                    .map(ClientCertificate::of)
                    .orElse(null);
            resolved.add(balancer.update(upstream, certificate, catalog.targetsOf(upstream)));
        }
        balancers.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        return Future.join(resolved)
                .timeout(FIRST_RESOLUTION.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty()
                .mapEmpty();
    }

    /** Returns the balancer of an Upstream of the current configuration. */
    public @Nullable Balancer of(Upstream upstream) {
        return balancers.get(upstream.id());
    }

    /** Returns the health of the targets of every Upstream as this node sees it, by the Upstream's name. */
    public Map<String, UpstreamHealth> health() {
        Map<String, UpstreamHealth> seen = new TreeMap<>();
        balancers.values().forEach(balancer -> seen.put(balancer.upstream().name(), balancer.health()));
        return seen;
    }

    @Override
    public Future<?> stop() {
        balancers.values().forEach(Balancer::close);
        if (resolver != null) {
            resolver.close();
        }
        return Future.succeededFuture();
    }
}
