package io.gatehouse.cluster.quota;

import io.gatehouse.quota.Claim;
import io.gatehouse.quota.Grant;
import io.gatehouse.quota.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds one counter of the cluster.
 *
 * <p><i>Invariant</i>: {@code granted} is at least the number of used units, so no more than the limit are ever used.
 *
 * @param granted units that nodes have or have used
 * @param holders the nodes that have claimed units in this window, the latest last
 */
record Counter(long granted, List<Holder> holders) {
    static final Counter EMPTY = new Counter(0, List.of());

    /** The first lease of a node is this part of the limit. */
    private static final long FIRST_LEASES = 50;
    /** The least part of a node that claims twice in a row. */
    private static final double ALONE = 0.5;
    /** Holders beyond the members are nodes that have left. This many are kept. */
    private static final int FORMER_HOLDERS = 8;

    Counter {
        holders = List.copyOf(holders);
    }

    /**
     * Describes a node's last lease.
     *
     * @param generation of the lease
     * @param outstanding the units that the node may still have
     */
    record Holder(String node, long generation, long outstanding) {}

    /** Pairs a grant with the counter after it. */
    record Outcome(Counter counter, Grant grant) {}

    /**
     * Applies a claim. If the claim was applied before, because its reply was lost, it returns the same grant and changes
     * nothing.
     *
     * @param members the nodes of the cluster
     */
    Outcome apply(String node, Claim claim, Set<String> members) {
        Holder own = holder(node);
        long next = claim.generation() + 1;
        if (own != null && own.generation() == next && own.outstanding() > 0) {
            return new Outcome(this, new Grant(next, own.outstanding(), claim.limit() - granted, List.of()));
        }
        Counter released = this;
        for (Release release : claim.releases()) {
            released = released.release(release);
        }
        long returned = own != null && own.generation() == claim.generation()
                ? Math.min(claim.returned(), own.outstanding())
                : 0;
        long rest = Math.max(0, claim.limit() - released.granted + returned);
        long lease = claim.wanted() == 0 ? 0 : Math.min(rest, released.size(node, claim, rest));
        Counter after = new Counter(
                released.granted - returned + lease, released.withLatest(new Holder(node, next, lease), members));
        return new Outcome(
                after, new Grant(next, lease, rest - lease, lease > 0 ? List.of() : after.othersWithUnits(node)));
    }

    /**
     * Returns how many units a node gets: at most as many as it has received, and half of its part of the rest. Its part is that
     * of the units used so far, and at least half while no other node claims. So a node makes a number of claims that is logarithmic in the limit.
     */
    private long size(String node, Claim claim, long rest) {
        int nodes = holders.size() + (holder(node) == null ? 1 : 0);
        double usual = Math.max(1.0 / nodes, Math.min(1, (double) claim.received() / Math.max(1, granted)));
        double part = isLatest(node) ? Math.max(ALONE, usual) : usual;
        long fair = (long) (rest * part / 2);
        long ramp = Math.max(claim.limit() / FIRST_LEASES, claim.received());
        return Math.max(claim.wanted(), Math.min(fair, ramp));
    }

    private boolean isLatest(String node) {
        return !holders.isEmpty() && holders.get(holders.size() - 1).node().equals(node);
    }

    /** Ends a lease that its node has released, unless it has ended already. */
    private Counter release(Release release) {
        Holder holder = holder(release.node());
        if (holder == null) {
            return this;
        }
        if (release.generation() == Release.NO_LEASE) {
            return new Counter(granted, with(new Holder(holder.node(), holder.generation(), 0)));
        }
        if (holder.generation() != release.generation()) {
            return this;
        }
        long returned = Math.min(release.returned(), holder.outstanding());
        return new Counter(granted - returned, with(new Holder(holder.node(), holder.generation() + 1, 0)));
    }

    private List<String> othersWithUnits(String node) {
        return holders.stream()
                .filter(holder -> holder.outstanding() > 0 && !holder.node().equals(node))
                .map(Holder::node)
                .toList();
    }

    private List<Holder> with(Holder replacement) {
        return holders.stream()
                .map(holder -> holder.node().equals(replacement.node()) ? replacement : holder)
                .toList();
    }

    /** Returns the holders with a new one at the end. Nodes that have left are removed if there are many. */
    private List<Holder> withLatest(Holder latest, Set<String> members) {
        boolean isCrowded = holders.size() > members.size() + FORMER_HOLDERS;
        List<Holder> all = new ArrayList<>(holders.size() + 1);
        for (Holder holder : holders) {
            if (!holder.node().equals(latest.node()) && (!isCrowded || members.contains(holder.node()))) {
                all.add(holder);
            }
        }
        all.add(latest);
        return all;
    }

    private @Nullable Holder holder(String node) {
        for (Holder holder : holders) {
            if (holder.node().equals(node)) {
                return holder;
            }
        }
        return null;
    }
}
