package io.gatehouse.balancer;

import io.gatehouse.balancer.Health.Report;
import io.gatehouse.entity.HealthChecks.Active;
import io.gatehouse.entity.Upstream;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;

/** Runs the active health checks of one Upstream. Healthy and unhealthy peers have an interval of their own. */
final class ActiveChecks implements AutoCloseable {
    private final Vertx vertx;
    private final Probes probes;
    private final Active active;
    private final Balancer balancer;
    private volatile boolean closed;

    /** Checks by {@code active}. The other settings of the Upstream are those that the balancer has at each check. */
    ActiveChecks(Vertx vertx, Probes probes, Active active, Balancer balancer) {
        this.vertx = vertx;
        this.probes = probes;
        this.active = active;
        this.balancer = balancer;
    }

    void start() {
        if (active.isOn()) {
            repeat(true, active.healthyMillis());
            repeat(false, active.unhealthyMillis());
        }
    }

    /** Repeats a round of checks. A round that takes longer than the interval delays the next one. */
    private void repeat(boolean healthy, long millis) {
        if (millis > 0 && !closed) {
            vertx.setTimer(millis, timer -> round(healthy).onComplete(done -> repeat(healthy, millis)));
        }
    }

    private Future<Void> round(boolean healthy) {
        Queue<Peer> waiting = new ConcurrentLinkedQueue<>(balancer.peers().stream()
                .filter(peer -> peer.isHealthy() == healthy && peer.weight() > 0)
                .toList());
        Future<Void> all = Future.succeededFuture();
        for (int i = 0; i < active.concurrency() && !waiting.isEmpty(); i++) {
            Future<Void> others = all;
            all = checkNext(waiting).compose(done -> others);
        }
        return all;
    }

    private Future<Void> checkNext(Queue<Peer> waiting) {
        Peer peer = closed ? null : waiting.poll();
        return peer == null ? Future.succeededFuture() : check(peer).compose(done -> checkNext(waiting));
    }

    private Future<Void> check(Peer peer) {
        Upstream upstream = balancer.upstream();
        Future<Void> checked = active.type().equals("tcp")
                ? probes.tcp(upstream, peer).onSuccess(done -> balancer.report(peer, Report.SUCCESS, active.counts()))
                : probes.http(upstream, balancer.certificate(), peer)
                        .onSuccess(status -> balancer.report(peer, status, active.counts()))
                        .mapEmpty();
        return checked.otherwise(failure -> {
            boolean late = failure instanceof TimeoutException || failure instanceof ConnectTimeoutException;
            balancer.report(peer, late ? Report.TIMEOUT : Report.TCP_FAILURE, active.counts());
            return null;
        });
    }

    @Override
    public void close() {
        closed = true;
    }
}
