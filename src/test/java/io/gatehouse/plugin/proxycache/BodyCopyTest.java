package io.gatehouse.plugin.proxycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugin.BodyTransformation;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the bounds of the memory for bodies. */
class BodyCopyTest {
    private static final int PIECE = 20_000;

    private final List<Integer> kept = new ArrayList<>();
    private final PendingBodies pending = new PendingBodies(3 * PIECE);

    private BodyCopy copy() {
        return new BodyCopy(pending, body -> kept.add(body.length()));
    }

    private static void receive(BodyCopy copy, int bytes) {
        assertThat(copy.data(Buffer.buffer(new byte[bytes])).length()).isEqualTo(bytes);
    }

    @Test
    void theOldestPendingBodyIsDroppedBeyondTheLimitOfAll() {
        BodyCopy aborted = copy();
        receive(aborted, 2 * PIECE);
        BodyCopy other = copy();
        receive(other, 2 * PIECE);
        other.end();
        aborted.end();
        assertThat(kept).containsExactly(2 * PIECE);
    }

    @Test
    void anEndedBodyCountsNoMore() {
        for (int i = 0; i < 10; i++) {
            BodyCopy copy = copy();
            receive(copy, 2 * PIECE);
            copy.end();
        }
        assertThat(kept).hasSize(10);
    }

    @Test
    void aBodyThatIsTooLargeCountsNoMore() {
        PendingBodies large = new PendingBodies(BodyCopy.MAX_BYTES + PIECE);
        BodyCopy tooLarge = new BodyCopy(large, body -> kept.add(body.length()));
        receive(tooLarge, BodyCopy.MAX_BYTES);
        receive(tooLarge, 1);
        BodyCopy largest = new BodyCopy(large, body -> kept.add(body.length()));
        receive(largest, BodyCopy.MAX_BYTES);
        tooLarge.end();
        largest.end();
        assertThat(kept).containsExactly(BodyCopy.MAX_BYTES);
    }

    @Test
    void theCopyOfAnAbortedBodyIsDroppedAtOnce() {
        BodyCopy aborted = copy();
        receive(aborted, 2 * PIECE);
        BodyTransformation.joined(List.of(aborted, copy())).aborted();
        assertThat(pending.bytes()).isZero();
        aborted.end();
        assertThat(kept).isEmpty();
    }

    @Test
    void aSmallBodyCountsTheObjectsAroundIt() {
        BodyCopy oldest = copy();
        receive(oldest, 1);
        receive(oldest, 1);
        assertThat(pending.bytes()).isEqualTo(PendingBodies.MIN_BYTES);
        for (int i = 0; i < 3; i++) {
            receive(copy(), 1);
        }
        oldest.end();
        assertThat(kept).isEmpty();
    }

    @Test
    void aPurgeAlsoKeepsOutTheResponsesInFlight() {
        ResponseStore store = new ResponseStore();
        StoredResponse response = response(0);
        long before = store.purges();
        store.put("old", response, before);
        assertThat(store.get("old")).isSameAs(response);
        store.purge(null, null);
        store.put("new", response, before);
        assertThat(store.get("old")).isNull();
        assertThat(store.get("new")).isNull();
    }

    @Test
    void theLeastUsefulResponsesAreEvictedBeyondTheLimitOfTheStore() {
        int size = 5 * PIECE;
        ResponseStore store = new ResponseStore(5L * size);
        for (int i = 0; i < 50; i++) {
            store.put("key " + i, response(size), 0);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (kept(store) >= 5 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        // With its headers and objects, an entry is a little larger than its body.
        assertThat(kept(store)).isBetween(1L, 4L);
    }

    private static StoredResponse response(int bytes) {
        return new StoredResponse(
                UUID.randomUUID(),
                200,
                Map.of(),
                Buffer.buffer(new byte[bytes]),
                System.currentTimeMillis(),
                0,
                60,
                60,
                Map.of());
    }

    private static long kept(ResponseStore store) {
        return IntStream.range(0, 50).filter(i -> store.get("key " + i) != null).count();
    }

    @Test
    void anExpiredResponseIsNotReturned() {
        ResponseStore store = new ResponseStore();
        long longAgo = System.currentTimeMillis() - 60_000;
        store.put(
                "key",
                new StoredResponse(UUID.randomUUID(), 200, Map.of(), Buffer.buffer(), longAgo, 0, 60, 60, Map.of()),
                0);
        assertThat(store.get("key")).isNull();
    }
}
