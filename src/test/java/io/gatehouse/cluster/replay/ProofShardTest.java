package io.gatehouse.cluster.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.replay.UsedProofs.Verdict;
import java.util.AbstractMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which proofs a shard accepts, and how many. */
class ProofShardTest {
    private static final long LARGE = 1L << 40;

    private final Random random = new Random(1);
    private final ProofShard shard = new ProofShard(1_000);

    private Verdict use(long token, long proof, long capacity) {
        return shard.use(7, token, proof, capacity);
    }

    /** Uses proofs of a token until one is refused, and returns how many were accepted. */
    private int fill(long token, long capacity) {
        int accepted = 0;
        while (use(token, random.nextLong(), capacity) == Verdict.ACCEPTED) {
            accepted++;
        }
        return accepted;
    }

    @Test
    void proof_isAcceptedOnceForAToken() {
        assertThat(use(1, 10, LARGE)).isEqualTo(Verdict.ACCEPTED);
        assertThat(use(1, 10, LARGE)).isEqualTo(Verdict.REPLAYED);
        assertThat(use(1, 11, LARGE)).isEqualTo(Verdict.ACCEPTED);
        assertThat(use(2, 10, LARGE)).isEqualTo(Verdict.ACCEPTED);
        assertThat(shard.use(8, 1, 10, LARGE)).isEqualTo(Verdict.REPLAYED);
    }

    @Test
    void fullQuota_refusesThatTokenAlone() {
        assertThat(fill(1, LARGE)).isEqualTo(ProofShard.QUOTA);

        assertThat(use(1, random.nextLong(), LARGE)).isEqualTo(Verdict.QUOTA_EXCEEDED);
        assertThat(shard.use(8, 1, random.nextLong(), LARGE)).isEqualTo(Verdict.QUOTA_EXCEEDED);
        assertThat(use(2, 10, LARGE)).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void oneToken_leavesHalfOfTheMemoryToOthers() {
        int capacity = 240_000;
        int first = fill(1, capacity);
        assertThat(first * (long) ProofShard.PROOF_BYTES).isBetween(capacity * 48L / 100, capacity / 2L);

        int second = fill(2, capacity);

        assertThat(second).isBetween(first / 2 - 50, first / 2 + 50);
        assertThat(use(3, 10, capacity)).isEqualTo(Verdict.ACCEPTED);
        assertThat(use(1, random.nextLong(), capacity)).isEqualTo(Verdict.QUOTA_EXCEEDED);
    }

    @Test
    void fullMemory_refusesEachTokenAndStillDetectsReplays() {
        int capacity = 10 * (ProofShard.TOKEN_BYTES + ProofShard.PROOF_BYTES);
        int accepted = 0;
        while (use(accepted, 10, capacity) == Verdict.ACCEPTED) {
            accepted++;
        }

        assertThat(accepted).isEqualTo(10);
        assertThat(use(5, 10, capacity)).isEqualTo(Verdict.REPLAYED);
        assertThat(use(5, 11, capacity)).isEqualTo(Verdict.QUOTA_EXCEEDED);
    }

    @Test
    void oldSlices_freeTheQuota() {
        fill(1, LARGE);

        shard.removeBefore(7);
        assertThat(use(1, random.nextLong(), LARGE)).isEqualTo(Verdict.QUOTA_EXCEEDED);
        shard.removeBefore(8);
        assertThat(shard.size()).isZero();
        assertThat(shard.use(8, 1, random.nextLong(), LARGE)).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void proofs_areKeptForLongerThanTheirNoncesAreAccepted() {
        // In half minutes: 120 s, the leeway of two clocks, and a slice that has just begun.
        assertThat(ReplaySettings.KEPT_SLICES).isEqualTo(6);
        assertThat(ReplaySettings.slice(30_000)).isEqualTo(ReplaySettings.slice(0) + 1);
    }

    @Test
    void union_hasTheProofsOfBothAndTheLaterBeginning() {
        ProofShard other = new ProofShard(2_000);
        shard.add(7, 1, 10);
        shard.add(7, 1, 11);
        other.add(7, 1, 11);
        other.add(8, 2, 12);

        ProofShard all = ProofShard.union(shard, other);

        assertThat(all.since()).isEqualTo(2_000);
        assertThat(all.size()).isEqualTo(3);
        assertThat(all.use(8, 1, 10, LARGE)).isEqualTo(Verdict.REPLAYED);
        assertThat(all.use(8, 2, 12, LARGE)).isEqualTo(Verdict.REPLAYED);
        all.removeBefore(8);
        assertThat(all.use(8, 1, 10, LARGE)).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void movedShard_countsItsSlicesFromThatOfTheNewMember() {
        shard.add(5, 1, 10);
        shard.add(7, 1, 11);
        ProofShard moved = new ProofShard(1_000);

        moved.addAll(shard.proofs(7), -400);

        moved.removeBefore(-402);
        assertThat(moved.size()).isEqualTo(2);
        moved.removeBefore(-401);
        assertThat(moved.use(-400, 1, 10, LARGE)).isEqualTo(Verdict.ACCEPTED);
        assertThat(moved.use(-400, 1, 11, LARGE)).isEqualTo(Verdict.REPLAYED);
    }

    /** Such a backup becomes the owner if the owner crashes before it has sent the shard. */
    @Test
    void backupWithoutTheShard_beginsOneNow() {
        UseProof.Arguments arguments = new UseProof.Arguments(1, 10, 59_000, 60_000);
        Map.Entry<Integer, @Nullable ProofShard> missing = new AbstractMap.SimpleEntry<>(0, null);
        Map.Entry<Integer, @Nullable ProofShard> present = new AbstractMap.SimpleEntry<>(0, shard);

        arguments.onBackup(true).process(missing);
        arguments.onBackup(true).process(present);

        ProofShard made = Objects.requireNonNull(missing.getValue());
        assertThat(made.since()).isEqualTo(61_000);
        assertThat(made.use(7, 1, 10, LARGE)).isEqualTo(Verdict.REPLAYED);
        assertThat(shard.since()).isEqualTo(1_000);
        assertThat(use(1, 10, LARGE)).isEqualTo(Verdict.REPLAYED);
    }

    @Test
    void set_hasWhatWasAddedAndNothingElse() {
        LongSet set = new LongSet();
        Set<Long> expected = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            // Some are equal, and some collide in the low bits.
            long value = (random.nextInt(4_000) + 2L) << (i % 3 * 16);
            assertThat(set.add(value)).isEqualTo(expected.add(value));
        }

        assertThat(set.size()).isEqualTo(expected.size());
        assertThat(set.values())
                .containsExactlyInAnyOrder(
                        expected.stream().mapToLong(Long::longValue).toArray());
        assertThat(set.contains(-5)).isFalse();
        assertThat(set.add(0)).isTrue();
        assertThat(set.contains(0)).isTrue();
    }
}
