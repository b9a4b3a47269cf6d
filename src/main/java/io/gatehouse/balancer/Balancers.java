package io.gatehouse.balancer;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Done;
import io.gatehouse.bus.FetchUpstreamHealth;
import io.gatehouse.bus.SetTargetHealth;
import io.gatehouse.bus.UpstreamHealth;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Upstream;
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
 * The balancers of a node, one for each Upstream, for all its event loops. Also a verticle: it answers the Admin API's
 * questions about health, and everything that asks and checks ends with it.
 */
public final class Balancers extends VerticleBase {
    /** A configuration is taken over without the names that are not resolved by then; they come when they come. */
    private static final Duration FIRST_RESOLUTION = Duration.ofSeconds(1);

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(60);

    private final String nodeId;
    private final List<String> nameServers;
    private final Map<UUID, Balancer> balancers = new ConcurrentHashMap<>();
    private @Nullable NameResolver resolver;
    private @Nullable Probes probes;

    /** {@code nameServers} to resolve targets with, {@code ip:port} each; none: the system's. */
    public Balancers(String nodeId, List<String> nameServers) {
        this.nodeId = nodeId;
        this.nameServers = List.copyOf(nameServers);
    }

    @Override
    public Future<?> start() {
        resolver = new NameResolver(nameServers);
        probes = new Probes(vertx, (int) LONGEST_CONNECT.toMillis());
        return Future.all(
                vertx.eventBus()
                        .<FetchUpstreamHealth>consumer(Addresses.UPSTREAM_HEALTH, this::answer)
                        .completion(),
                vertx.eventBus()
                        .<SetTargetHealth>consumer(Addresses.setTargetHealth(nodeId), this::set)
                        .completion());
    }

    private void answer(Message<FetchUpstreamHealth> question) {
        Balancer balancer = balancers.get(question.body().upstreamId());
        if (balancer == null) {
            question.fail(Addresses.UNKNOWN, "no such upstream here");
        } else {
            question.reply(balancer.health().seenBy(nodeId));
        }
    }

    private void set(Message<SetTargetHealth> order) {
        Balancer balancer = balancers.get(order.body().upstreamId());
        if (balancer != null) {
            balancer.set(order.body().target(), order.body().healthy());
        }
        order.reply(new Done());
    }

    /**
     * Takes over the Upstreams of a configuration. Blocks while new ones are prepared, so not for an event loop; completes
     * when their names were asked for, or took too long.
     */
    public Future<Void> update(Catalog catalog) {
        NameResolver names = resolver;
        Probes ownProbes = probes;
        if (names == null || ownProbes == null) {
            throw new IllegalStateException("not deployed");
        }
        Set<UUID> present = new HashSet<>();
        List<Future<Void>> asked = new ArrayList<>();
        for (Upstream upstream : catalog.upstreams()) {
            present.add(upstream.id());
            Balancer balancer = balancers.computeIfAbsent(
                    upstream.id(), created -> new Balancer(vertx, names, ownProbes, upstream));
            asked.add(balancer.update(upstream, catalog.targetsOf(upstream)));
        }
        balancers.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        return Future.join(asked)
                .timeout(FIRST_RESOLUTION.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty()
                .mapEmpty();
    }

    /** The balancer of an Upstream of the configuration taken over last. */
    public @Nullable Balancer of(Upstream upstream) {
        return balancers.get(upstream.id());
    }

    /** How this node sees the targets of every Upstream, by the Upstream's name. */
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
