package io.gatehouse.cluster.replay;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import io.gatehouse.cluster.quota.Majority;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.replay.ProofsUnavailable;
import io.gatehouse.replay.UsedProofs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Keeps used proofs in a Hazelcast map.
 *
 * <p><i>Why a majority</i>: the other side of a partition may have accepted a proof that this side does not have.
 *
 * <p><i>Why the time limit</i>: Hazelcast acknowledges a use whose backup is missing after 5 s. Such a use counts as failed here.
 */
public final class HazelcastUsedProofs implements UsedProofs {
    private static final long TIMEOUT_MILLIS = ClusterTimings.SHARED_CACHE_TIMEOUT.toMillis();

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final IMap<Integer, ProofShard> shards;

    public HazelcastUsedProofs(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.shards = hazelcast.getMap(ReplaySettings.MAP);
    }

    @Override
    public Future<Use> use(CredentialDigest token, CredentialDigest proof, long nonceMillis, long nowMillis) {
        int shard = Math.floorMod(token.second(), ReplaySettings.SHARDS);
        return submit(shard, new UseProof.Arguments(token.first(), proof.first(), nonceMillis, nowMillis))
                .compose(HazelcastUsedProofs::verdict)
                .onSuccess(use -> {
                    if (use.verdict() == Verdict.TOO_OLD && use.since() > nowMillis) {
                        makeOthers(shard, nowMillis);
                    }
                });
    }

    private static Future<Use> verdict(long result) {
        if (result == UseProof.NO_MAJORITY) {
            return Future.failedFuture(noMajority());
        }
        if (result > UseProof.ACCEPTED) {
            return Future.succeededFuture(new Use(Verdict.TOO_OLD, result));
        }
        Verdict verdict = result == UseProof.ACCEPTED
                ? Verdict.ACCEPTED
                : result == UseProof.REPLAYED ? Verdict.REPLAYED : Verdict.QUOTA_EXCEEDED;
        return Future.succeededFuture(new Use(verdict, 0));
    }

    /** Makes the other shards of a memory whose first one has just been made, so that the clients of each do not wait in turn. */
    private void makeOthers(int made, long nowMillis) {
        for (int shard = 0; shard < ReplaySettings.SHARDS; shard++) {
            if (shard != made) {
                submit(shard, new UseProof.Arguments(0, 0, 0, nowMillis));
            }
        }
    }

    /** Calls the member that holds the shard. A member that has ended throws. */
    private Future<Long> submit(int shard, UseProof.Arguments arguments) {
        CompletionStage<Long> result;
        try {
            if (!Majority.isPresent(hazelcast)) {
                return Future.failedFuture(noMajority());
            }
            result = shards.submitToKey(shard, new UseProof(arguments));
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            return Future.failedFuture(unavailable(e));
        }
        return Future.fromCompletionStage(result, vertx.getOrCreateContext())
                .timeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(unavailable(failure)));
    }

    private static ProofsUnavailable unavailable(Throwable failure) {
        return new ProofsUnavailable("the used proofs are unavailable", failure);
    }

    private static ProofsUnavailable noMajority() {
        return new ProofsUnavailable("this part of the cluster has no majority", null);
    }
}
