package io.gatehouse.plugin.proxycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugin.BodyTransformation;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the bounds of the memory for bodies. */
class BodyCopyTest {
    private static final int PIECE = 20_000;
    private static final int SMALL_HEADERS = 5_400;

    private final List<Integer> kept = new ArrayList<>();
    private final AtomicInteger dropped = new AtomicInteger();
    private final PendingBodies pending = new PendingBodies(3 * PIECE, dropped::incrementAndGet);

    private BodyCopy copy() {
        return new BodyCopy(pending, 0, body -> kept.add(body.length()));
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
        assertThat(dropped).hasValue(1);
    }

    @Test
    void anEndedBodyCountsNoMore() {
        for (int i = 0; i < 10; i++) {
            BodyCopy copy = copy();
            receive(copy, 2 * PIECE);
            copy.end();
        }
        assertThat(kept).hasSize(10);
        assertThat(dropped).hasValue(0);
    }

    @Test
    void aBodyThatIsTooLargeCountsNoMore() {
        PendingBodies large = new PendingBodies(BodyCopy.MAX_BYTES + PIECE, dropped::incrementAndGet);
        BodyCopy tooLarge = new BodyCopy(large, 0, body -> kept.add(body.length()));
        receive(tooLarge, BodyCopy.MAX_BYTES);
        receive(tooLarge, 1);
        BodyCopy largest = new BodyCopy(large, 0, body -> kept.add(body.length()));
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
    void aPendingBodyCountsItsHeadOnce() {
        BodyCopy copy = new BodyCopy(pending, PIECE, body -> kept.add(body.length()));
        receive(copy, PIECE);
        receive(copy, 1);
        assertThat(pending.bytes()).isEqualTo(2 * PIECE + 1);
        copy.end();
        assertThat(pending.bytes()).isZero();
    }

    @Test
    void theBoundsFitIntoASmallHeap() {
        assertThat(ResponseStore.maxBytes(320L << 20)).isEqualTo(20L << 20);
        assertThat(PendingBodies.maxBytes(320L << 20)).isEqualTo(10L << 20);
        assertThat(ResponseStore.maxBytes(8L << 30)).isEqualTo(ResponseStore.MAX_BYTES);
        assertThat(PendingBodies.maxBytes(8L << 30)).isEqualTo(PendingBodies.MAX_BYTES);
    }

    @Test
    void aPurgeAlsoKeepsOutTheResponsesInFlight() {
        ResponseStore store = new ResponseStore(ResponseStore.MAX_BYTES, dropped::incrementAndGet);
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
        ResponseStore store = new ResponseStore(5L * size, dropped::incrementAndGet);
        for (int i = 0; i < 50; i++) {
            store.put("key " + i, response(size), 0);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (kept(store) >= 5 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        // With its headers and objects, an entry is a little larger than its body.
        assertThat(kept(store)).isBetween(1L, 4L);
        assertThat(store.bytes()).isBetween((long) size, 5L * size);
        assertThat(dropped.get()).isBetween(46, 49);
    }

    /** As many headers as the head of a response can have. */
    @Test
    void theObjectsOfManySmallHeadersCount() {
        Map<String, String> headers = new HashMap<>();
        Map<String, List<String>> selectors = new HashMap<>();
        for (int i = 0; i < SMALL_HEADERS; i++) {
            headers.put(Integer.toString(i, Character.MAX_RADIX), "");
            selectors.put(Integer.toString(i, Character.MAX_RADIX), List.of(""));
        }
        int withoutHeaders = response(0).weight();
        assertThat(response(Map.copyOf(headers), Map.of(), 0).weight()).isBetween(690_000, 800_000);
        assertThat(response(Map.of(), selectors, 0).weight()).isGreaterThan(withoutHeaders + SMALL_HEADERS * 2 * 128);
    }

    private static StoredResponse response(int bytes) {
        return response(Map.of(), Map.of(), bytes);
    }

    private static StoredResponse response(
            Map<String, String> headers, Map<String, List<String>> selectors, int bytes) {
        return new StoredResponse(
                UUID.randomUUID(),
                200,
                headers,
                Buffer.buffer(new byte[bytes]),
                System.currentTimeMillis(),
                0,
                60,
                60,
                selectors);
    }

    private static long kept(ResponseStore store) {
        return IntStream.range(0, 50).filter(i -> store.get("key " + i) != null).count();
    }

    @Test
    void anExpiredResponseIsNotReturned() {
        ResponseStore store = new ResponseStore(ResponseStore.MAX_BYTES, dropped::incrementAndGet);
        long longAgo = System.currentTimeMillis() - 60_000;
        store.put(
                "key",
                new StoredResponse(UUID.randomUUID(), 200, Map.of(), Buffer.buffer(), longAgo, 0, 60, 60, Map.of()),
                0);
        assertThat(store.get("key")).isNull();
    }
}
