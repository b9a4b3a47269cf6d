package io.gatehouse.balancer;

import io.gatehouse.balancer.Health.Report;
import io.gatehouse.bus.UpstreamHealth;
import io.gatehouse.bus.UpstreamHealth.AddressHealth;
import io.gatehouse.bus.UpstreamHealth.State;
import io.gatehouse.bus.UpstreamHealth.TargetHealth;
import io.gatehouse.entity.HealthChecks;
import io.gatehouse.entity.HealthChecks.Counts;
import io.gatehouse.entity.Target;
import io.gatehouse.entity.Upstream;
import io.gatehouse.upstream.ClientCertificate;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses a peer for each request to one Upstream, and counts the outcome (docs/reference/proxy.md#upstreams-and-targets).
 *
 * <p><i>Invariant</i>: {@code rebuild} and {@code recount} run under the monitor of the balancer.
 *
 * <p><i>Threading</i>: every method is safe for every thread. Those that run for every request take no lock.
 */
public final class Balancer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Balancer.class);
    private static final double PERCENT = 100;

    private final Vertx vertx;
    private final NameResolver resolver;
    private final Map<String, WatchedName> names = new HashMap<>();
    private volatile Pool pool;
    private volatile boolean available;
    /** The certificate that active checks present. */
    private volatile @Nullable ClientCertificate certificate;

    private @Nullable ActiveChecks checks;
    private final Probes probes;

    /** The peers to choose from, immutable. */
    private record Pool(Upstream upstream, List<Target> targets, List<Peer> peers, Choice choice) {
        static Pool of(Upstream upstream, List<Target> targets, List<Peer> peers) {
            List<Peer> withWeight =
                    peers.stream().filter(peer -> peer.weight() > 0).toList();
            return new Pool(upstream, targets, peers, Choice.of(upstream.algorithm(), withWeight));
        }
    }

    Balancer(Vertx vertx, NameResolver resolver, Probes probes, Upstream upstream) {
        this.vertx = vertx;
        this.resolver = resolver;
        this.probes = probes;
        this.pool = Pool.of(upstream, List.of(), List.of());
    }

    public Upstream upstream() {
        return pool.upstream();
    }

    @Nullable
    ClientCertificate certificate() {
        return certificate;
    }

    /** Applies a configuration. Completes when each new name has been queried once. An address keeps its health and load. */
    synchronized Future<Void> update(Upstream upstream, @Nullable ClientCertificate shown, List<Target> targets) {
        certificate = shown;
        if (upstream.equals(pool.upstream()) && targets.equals(pool.targets())) {
            return Future.succeededFuture();
        }
        boolean sameChecks = upstream.healthchecks().equals(pool.upstream().healthchecks());
        Set<String> hosts = new HashSet<>();
        List<Future<Void>> resolved = new ArrayList<>();
        for (Target target : targets) {
            if (!isAddress(target.host()) && hosts.add(target.host()) && !names.containsKey(target.host())) {
                WatchedName name = new WatchedName(vertx, resolver, target.host(), this::namesChanged);
                names.put(target.host(), name);
                resolved.add(name.start());
            }
        }
        names.entrySet().removeIf(entry -> {
            boolean unused = !hosts.contains(entry.getKey());
            if (unused) {
                entry.getValue().close();
            }
            return unused;
        });
        rebuild(upstream, targets, sameChecks ? pool.peers() : List.of());
        if (checks == null || !sameChecks) {
            restartChecks(upstream);
        }
        return Future.join(resolved).mapEmpty();
    }

    private void restartChecks(Upstream upstream) {
        if (checks != null) {
            checks.close();
        }
        checks = new ActiveChecks(vertx, probes, upstream.healthchecks().active(), this);
        checks.start();
    }

    private synchronized void namesChanged() {
        rebuild(pool.upstream(), pool.targets(), pool.peers());
    }

    private void rebuild(Upstream upstream, List<Target> targets, List<Peer> before) {
        List<Peer> peers = new ArrayList<>();
        for (Target target : targets) {
            String name = isAddress(target.host()) ? null : target.host();
            for (String address : addresses(target)) {
                peers.add(peer(target, SocketAddress.inetSocketAddress(target.port(), address), name, before));
            }
        }
        pool = Pool.of(upstream, targets, List.copyOf(peers));
        recount();
    }

    private List<String> addresses(Target target) {
        WatchedName name = names.get(target.host());
        return name == null ? List.of(withoutBrackets(target.host())) : name.addresses();
    }

    /** Whether the host of a target is an IP address, with brackets or without. */
    public static boolean isAddress(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(withoutBrackets(host));
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static Peer peer(Target target, SocketAddress address, @Nullable String name, List<Peer> before) {
        for (Peer peer : before) {
            if (peer.isAt(target, address)) {
                return new Peer(target, address, name, peer.health(), peer.load());
            }
        }
        return new Peer(target, address, name, new Health(), new Load());
    }

    /** Sets whether the healthy share of the weight reaches the threshold of the Upstream. */
    private void recount() {
        long total = 0;
        long healthy = 0;
        for (Peer peer : pool.peers()) {
            total += peer.weight();
            healthy += peer.isHealthy() ? peer.weight() : 0;
        }
        available = healthy > 0
                && healthy * PERCENT >= pool.upstream().healthchecks().threshold() * total;
    }

    /**
     * Returns the peer for a request; null if none is available. A peer of a failed attempt is chosen only if there is no other.
     *
     * @param key {@link HashKey} of the input of consistent hashing
     * @param tried peers of failed attempts
     */
    public @Nullable Peer choose(long key, List<Peer> tried) {
        if (!available) {
            return null;
        }
        Choice choice = pool.choice();
        if (tried.isEmpty()) {
            return choice.choose(key, Peer::isHealthy);
        }
        Peer other = choice.choose(key, peer -> peer.isHealthy() && !tried.contains(peer));
        return other == null ? choice.choose(key, Peer::isHealthy) : other;
    }

    /** Counts a request as in flight at the peer; {@link #ended} must follow. */
    public void began(Peer peer) {
        peer.load().begin();
    }

    /** Counts a request as no longer in flight at the peer. */
    public void ended(Peer peer) {
        peer.load().end();
    }

    /** Records the head of a response, {@code nanos} after the request was sent. */
    public void responded(Peer peer, int status, long nanos) {
        peer.load().observe(nanos, System.nanoTime());
        report(peer, status, checksOf(pool).passive().counts());
    }

    /** Records that the peer accepted a connection, {@code nanos} after the attempt began. */
    public void connected(Peer peer, long nanos) {
        peer.load().observe(nanos, System.nanoTime());
        report(peer, Report.SUCCESS, checksOf(pool).passive().counts());
    }

    /** Records that the peer was unreachable, or aborted the response. */
    public void failed(Peer peer) {
        report(peer, Report.TCP_FAILURE, checksOf(pool).passive().counts());
    }

    /** Records that the peer timed out. */
    public void timedOut(Peer peer) {
        report(peer, Report.TIMEOUT, checksOf(pool).passive().counts());
    }

    private static HealthChecks checksOf(Pool pool) {
        return pool.upstream().healthchecks();
    }

    void report(Peer peer, int status, Counts counts) {
        if (counts.good().contains(status)) {
            report(peer, Report.SUCCESS, counts);
        } else if (counts.bad().contains(status)) {
            report(peer, Report.HTTP_FAILURE, counts);
        }
    }

    void report(Peer peer, Report report, Counts counts) {
        if (peer.health().count(report, counts)) {
            LOG.warn(
                    "upstream {}: target {} is {} after {}",
                    pool.upstream().name(),
                    peer,
                    peer.isHealthy() ? "healthy" : "unhealthy",
                    report);
            synchronized (this) {
                recount();
            }
        }
    }

    /** Sets the health of all addresses of a target, as an operator asks. Returns false if there is no such target. */
    synchronized boolean set(String target, boolean healthy) {
        boolean found = false;
        for (Peer peer : pool.peers()) {
            if (peer.target().target().equals(target)) {
                found = true;
                peer.health().set(healthy);
            }
        }
        recount();
        return found;
    }

    List<Peer> peers() {
        return pool.peers();
    }

    /** Returns the health of all targets. */
    synchronized UpstreamHealth health() {
        State unwatched = checksOf(pool).isOn() ? State.HEALTHY : State.HEALTHCHECKS_OFF;
        List<TargetHealth> targets = new ArrayList<>();
        for (Target target : pool.targets()) {
            List<AddressHealth> addresses = pool.peers().stream()
                    .filter(peer -> peer.target().id().equals(target.id()))
                    .map(peer -> new AddressHealth(
                            peer.address().hostAddress(), peer.address().port(), peer.weight(), state(peer, unwatched)))
                    .toList();
            targets.add(new TargetHealth(target.target(), state(addresses), addresses));
        }
        return new UpstreamHealth(available ? unwatched : State.UNHEALTHY, targets);
    }

    /** A peer without weight receives no requests, so its health has no meaning. */
    private static State state(Peer peer, State unwatched) {
        if (peer.weight() == 0) {
            return State.HEALTHCHECKS_OFF;
        }
        return peer.isHealthy() ? unwatched : State.UNHEALTHY;
    }

    /** The state of a target: one healthy address is sufficient. */
    private static State state(List<AddressHealth> addresses) {
        if (addresses.isEmpty()) {
            return State.DNS_ERROR;
        }
        return Stream.of(State.HEALTHY, State.UNHEALTHY)
                .filter(state -> addresses.stream().anyMatch(address -> address.health() == state))
                .findFirst()
                .orElse(State.HEALTHCHECKS_OFF);
    }

    @Override
    public synchronized void close() {
        names.values().forEach(WatchedName::close);
        if (checks != null) {
            checks.close();
        }
    }
}
