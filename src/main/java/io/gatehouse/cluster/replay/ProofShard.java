package io.gatehouse.cluster.replay;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.replay.UsedProofs.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Holds the used proofs of a part of the tokens, in slices of the time at which they arrived. A slice is removed as a whole.
 *
 * <p><i>Invariant</i>: it has every proof that was accepted since it exists and that may be presented again.
 *
 * <p><i>Threading</i>: Hazelcast changes it in place on the thread of its partition, and may serialize it on another one.
 */
final class ProofShard {
    /** Unexpired proofs of one token: more than 150 a second. */
    static final int QUOTA = 30_000;

    /** Estimated memory of the first proof of a token in a slice, and of each further one. */
    static final int TOKEN_BYTES = 250;

    static final int PROOF_BYTES = 24;

    private final long since;
    private final NavigableMap<Long, Slice> slices = new TreeMap<>();

    private static final class Slice {
        private final Map<Long, LongSet> proofs = new HashMap<>();
        private long bytes;

        void add(long token, long proof) {
            LongSet ofToken = proofs.get(token);
            if (ofToken == null) {
                ofToken = new LongSet();
                proofs.put(token, ofToken);
                bytes += TOKEN_BYTES;
            }
            if (ofToken.add(proof)) {
                bytes += PROOF_BYTES;
            }
        }
    }

    /** {@code since}: milliseconds since the epoch. Proofs with older nonces may have been used before this shard existed. */
    ProofShard(long since) {
        this.since = since;
    }

    long since() {
        return since;
    }

    /**
     * Adds a proof unless it is known, or the token has too many. A token may have as many proofs as the quota, and at most as many as
     * all leave free.
     *
     * @param capacity the bytes of all proofs
     */
    synchronized Verdict use(long slice, long token, long proof, long capacity) {
        long all = 0;
        long own = 0;
        int count = 0;
        for (Slice one : slices.values()) {
            all += one.bytes;
            LongSet known = one.proofs.get(token);
            if (known != null) {
                if (known.contains(proof)) {
                    return Verdict.REPLAYED;
                }
                count += known.size();
                own += TOKEN_BYTES + (long) PROOF_BYTES * known.size();
            }
        }
        if (count >= QUOTA || own + TOKEN_BYTES + PROOF_BYTES > capacity - all) {
            return Verdict.QUOTA_EXCEEDED;
        }
        add(slice, token, proof);
        return Verdict.ACCEPTED;
    }

    /** Adds a proof. */
    synchronized void add(long slice, long token, long proof) {
        slices.computeIfAbsent(slice, missing -> new Slice()).add(token, proof);
    }

    /** Removes the slices before one. */
    synchronized void removeBefore(long slice) {
        slices.headMap(slice).clear();
    }

    /** Returns the number of proofs. */
    synchronized int size() {
        return slices.values().stream()
                .flatMap(slice -> slice.proofs.values().stream())
                .mapToInt(LongSet::size)
                .sum();
    }

    /** Returns a shard with the proofs of both, which exists since the later one does. */
    static ProofShard union(ProofShard one, ProofShard other) {
        ProofShard all = new ProofShard(Math.max(one.since, other.since));
        all.addAll(one.proofs(0), 0);
        all.addAll(other.proofs(0), 0);
        return all;
    }

    /**
     * Returns for each token of each slice: the slice, the token, how many proofs it has, and these.
     *
     * @param origin the slice from which slices are counted
     */
    synchronized long[] proofs(long origin) {
        LongStream.Builder flat = LongStream.builder();
        slices.forEach((index, slice) -> slice.proofs.forEach((token, known) -> {
            flat.add(index - origin).add(token).add(known.size());
            for (long proof : known.values()) {
                flat.add(proof);
            }
        }));
        return flat.build().toArray();
    }

    /** Adds what {@link #proofs} has returned. */
    void addAll(long[] flat, long origin) {
        int next = 0;
        while (next < flat.length) {
            long slice = flat[next] + origin;
            long token = flat[next + 1];
            int end = next + 3 + (int) flat[next + 2];
            for (int i = next + 3; i < end; i++) {
                add(slice, token, flat[i]);
            }
            next = end;
        }
    }

    /**
     * Serializes a shard, when its partition moves to another member. The clocks of two members have nothing in common, so slices are
     * counted from the current one.
     */
    static final class Serializer implements CompactSerializer<ProofShard> {
        @Override
        public ProofShard read(CompactReader in) {
            ProofShard shard = new ProofShard(in.readInt64("since"));
            // The slice of this member may have begun later. With one more, no move shortens the life of a proof.
            shard.addAll(Objects.requireNonNull(in.readArrayOfInt64("proofs")), ReplaySettings.currentSlice() + 1);
            return shard;
        }

        @Override
        public void write(CompactWriter out, ProofShard shard) {
            out.writeInt64("since", shard.since);
            out.writeArrayOfInt64("proofs", shard.proofs(ReplaySettings.currentSlice()));
        }

        @Override
        public String getTypeName() {
            return "gatehouse.proof-shard";
        }

        @Override
        public Class<ProofShard> getCompactClass() {
            return ProofShard.class;
        }
    }
}
