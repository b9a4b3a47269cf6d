package io.gatehouse.catalog;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.CatalogChanged;
import io.gatehouse.bus.RecordCodec;
import io.gatehouse.credential.Changes;
import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a node that reads its first configuration during writes. */
class CatalogKeeperTest {
    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<Promise<CatalogSnapshot>> reads = new LinkedBlockingQueue<>();
    private final CatalogKeeper keeper = new CatalogKeeper(
            "node",
            since -> {
                Promise<CatalogSnapshot> read = Promise.promise();
                reads.add(read);
                return read.future();
            },
            List.of());

    @BeforeEach
    void register() {
        RecordCodec.register(vertx);
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private Promise<CatalogSnapshot> nextRead() throws InterruptedException {
        return Objects.requireNonNull(reads.poll(10, TimeUnit.SECONDS), "nothing is read");
    }

    private static CatalogSnapshot snapshot(long since, long version) {
        return new CatalogSnapshot("epoch", since, version, Map.of(), Map.of());
    }

    @Test
    void keeper_acknowledgesAtOnceAndStartsWithNoOlderVersion_beforeItsFirstLoad() throws InterruptedException {
        Future<?> started = vertx.deployVerticle(keeper);
        Promise<CatalogSnapshot> first = nextRead();

        await(vertx.eventBus().request(Addresses.catalogChanged("node"), new CatalogChanged(7)));
        first.complete(snapshot(0, 6));
        nextRead().complete(snapshot(6, 7));

        await(started);
        assertThat(keeper.version()).isEqualTo(7);
    }

    private void begin(long version) throws InterruptedException {
        Future<?> started = vertx.deployVerticle(keeper);
        nextRead().complete(snapshot(0, version));
        await(started);
    }

    private Future<?> announce(long version) {
        return vertx.eventBus().request(Addresses.catalogChanged("node"), new CatalogChanged(version));
    }

    @Test
    void keeper_readsOnceAndRejectsAVersion_thatTheSourceDoesNotHave() throws InterruptedException {
        begin(6);
        Future<?> confirmed = announce(8);
        nextRead().complete(snapshot(6, 7));

        assertThatThrownBy(() -> await(confirmed)).hasMessageContaining("8 is not available yet");
        assertThat(keeper.version()).isEqualTo(7);
        assertThat(reads).isEmpty();
    }

    @Test
    void keeper_acknowledgesEachVersionAfterTheNextRead_whenSeveralWaitForARunningOne() throws InterruptedException {
        begin(6);
        Future<?> first = announce(7);
        Promise<CatalogSnapshot> running = nextRead();
        Future<?> second = announce(8);
        Future<?> third = announce(8);
        // Messages are received in order, and this one is acknowledged without a read.
        await(announce(6));
        running.complete(snapshot(6, 7));
        nextRead().complete(snapshot(7, 8));

        await(first);
        await(second);
        await(third);
        assertThat(reads).isEmpty();
    }

    @Test
    void keeper_servesTheOlderVersion_ofADatabaseThatWasSetBack() throws InterruptedException {
        begin(100);
        Future<?> confirmed = announce(51);
        Promise<CatalogSnapshot> read = nextRead();
        assertThat(confirmed.isComplete()).as("before its read").isFalse();
        read.complete(snapshot(0, 51));

        await(confirmed);
        assertThat(keeper.version()).isEqualTo(51);
    }

    /** A restored backup, or a promoted replica, whose version has already passed the one that this node serves. */
    @Test
    void keeper_readsEverything_whenAnotherHistoryHasOvertakenItsVersion() throws InterruptedException {
        begin(100);
        Future<?> confirmed = announce(105);
        nextRead().complete(new CatalogSnapshot("another", 100, 105, Map.of(), Map.of()));
        assertThat(confirmed.isComplete())
                .as("changes to another history are no configuration")
                .isFalse();
        nextRead().complete(new CatalogSnapshot("another", 0, 105, Map.of(), Map.of()));

        await(confirmed);
        assertThat(keeper.version()).isEqualTo(105);
    }

    @Test
    void keeper_readsEverything_whenTheFeedReportsAnotherEpochAtTheSameVersion() throws InterruptedException {
        begin(100);
        keeper.refreshIfStale(new Changes("another", "", true, List.of(), 100, List.of(), 0));
        nextRead().complete(new CatalogSnapshot("another", 100, 100, Map.of(), Map.of()));
        Catalog before = keeper.current();
        nextRead().complete(new CatalogSnapshot("another", 0, 100, Map.of(), Map.of()));

        Awaitility.await().until(() -> keeper.current() != before);
        assertThat(keeper.version()).isEqualTo(100);
    }

    @Test
    void keeper_acknowledgesAVersion_thatIsOlderThanItsOwn() throws InterruptedException {
        begin(100);
        Future<?> confirmed = announce(99);
        nextRead().complete(snapshot(100, 100));

        await(confirmed);
        assertThat(keeper.version()).isEqualTo(100);
    }
}
