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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses a peer for each request to one Upstream (docs/reference/proxy.md#upstreams-and-targets), and counts what becomes of it. Every method is
 * safe for every thread; those that run for every request take no lock.
 */
public final class Balancer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Balancer.class);
    private static final double PERCENT = 100;

    private final Vertx vertx;
    private final NameResolver resolver;
    private final Map<String, WatchedName> names = new HashMap<>();
    private volatile Pool pool;
    private volatile boolean available;
    private @Nullable ActiveChecks checks;
    private final Probes probes;

    /** What is chosen from, immutable. */
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

    /** Takes over a configuration; completes when every name in it was asked for. Health and load stay with an address. */
    synchronized Future<Void> update(Upstream upstream, List<Target> targets) {
        if (upstream.equals(pool.upstream()) && targets.equals(pool.targets())) {
            return Future.succeededFuture();
        }
        boolean sameChecks = upstream.healthchecks().equals(pool.upstream().healthchecks());
        Set<String> hosts = new HashSet<>();
        List<Future<Void>> asked = new ArrayList<>();
        for (Target target : targets) {
            if (!isAddress(target.host()) && hosts.add(target.host()) && !names.containsKey(target.host())) {
                WatchedName name = new WatchedName(vertx, resolver, target.host(), this::namesChanged);
                names.put(target.host(), name);
                asked.add(name.start());
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
        return Future.join(asked).mapEmpty();
    }

    private void restartChecks(Upstream upstream) {
        if (checks != null) {
            checks.close();
        }
        checks = new ActiveChecks(vertx, probes, upstream, this);
        checks.start();
    }

    private synchronized void namesChanged() {
        rebuild(pool.upstream(), pool.targets(), pool.peers());
    }

    private void rebuild(Upstream upstream, List<Target> targets, List<Peer> before) {
        List<Peer> peers = new ArrayList<>();
        for (Target target : targets) {
            for (String address : addresses(target)) {
                peers.add(peer(target, SocketAddress.inetSocketAddress(target.port(), address), before));
            }
        }
        pool = Pool.of(upstream, targets, List.copyOf(peers));
        recount();
    }

    private List<String> addresses(Target target) {
        WatchedName name = names.get(target.host());
        return name == null ? List.of(withoutBrackets(target.host())) : name.addresses();
    }

    private static boolean isAddress(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(withoutBrackets(host));
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static Peer peer(Target target, SocketAddress address, List<Peer> before) {
        for (Peer known : before) {
            if (known.isAt(target, address)) {
                return new Peer(target, address, known.health(), known.load());
            }
        }
        return new Peer(target, address, new Health(), new Load());
    }

    /** Whether enough of the weight is healthy for anything to be sent at all. */
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
     * The peer for a request; null when none may be used. One that was tried already is chosen again only when there is
     * no other.
     *
     * @param key {@link HashKey} of what the request is assigned by
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

    /** A request is sent to the peer; {@link #ended} must follow. */
    public void began(Peer peer) {
        peer.load().begin();
    }

    /** The peer has nothing to do with the request any more. */
    public void ended(Peer peer) {
        peer.load().end();
    }

    /** The head of the peer's answer is there, so long after the request was sent. */
    public void answered(Peer peer, int status, long nanos) {
        peer.load().observe(nanos, System.nanoTime());
        report(peer, status, checksOf(pool).passive().counts());
    }

    /** The peer could not be reached, or broke off. */
    public void failed(Peer peer) {
        report(peer, Report.TCP_FAILURE, checksOf(pool).passive().counts());
    }

    /** The peer took too long. */
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

    /** What an operator says of a target, on all its addresses; false when there is no such target. */
    synchronized boolean set(String target, boolean healthy) {
        boolean known = false;
        for (Peer peer : pool.peers()) {
            if (peer.target().target().equals(target)) {
                known = true;
                peer.health().set(healthy);
            }
        }
        recount();
        return known;
    }

    List<Peer> peers() {
        return pool.peers();
    }

    /** Everything known of the targets' health now. */
    synchronized UpstreamHealth health() {
        State unwatched = checksOf(pool).isOn() ? State.HEALTHY : State.HEALTHCHECKS_OFF;
        List<TargetHealth> targets = new ArrayList<>();
        for (Target target : pool.targets()) {
            List<AddressHealth> addresses = pool.peers().stream()
                    .filter(peer -> peer.target().id().equals(target.id()))
                    .map(peer -> new AddressHealth(
                            peer.address().hostAddress(),
                            peer.address().port(),
                            peer.weight(),
                            peer.isHealthy() ? unwatched : State.UNHEALTHY))
                    .toList();
            targets.add(new TargetHealth(target.target(), state(addresses, unwatched), addresses));
        }
        return new UpstreamHealth(available ? unwatched : State.UNHEALTHY, targets);
    }

    private static State state(List<AddressHealth> addresses, State unwatched) {
        if (addresses.isEmpty()) {
            return State.DNS_ERROR;
        }
        return addresses.stream().allMatch(address -> address.health() == State.UNHEALTHY)
                ? State.UNHEALTHY
                : unwatched;
    }

    @Override
    public synchronized void close() {
        names.values().forEach(WatchedName::close);
        if (checks != null) {
            checks.close();
        }
    }
}
