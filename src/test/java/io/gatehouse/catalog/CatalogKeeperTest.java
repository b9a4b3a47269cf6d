package io.gatehouse.catalog;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.CatalogChanged;
import io.gatehouse.bus.RecordCodec;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that reads its first configuration while others write. */
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
        return new CatalogSnapshot(since, version, Map.of(), Map.of());
    }

    @Test
    void itConfirmsAtOnceAndBeginsWithNothingOlder() throws InterruptedException {
        Future<?> started = vertx.deployVerticle(keeper);
        Promise<CatalogSnapshot> first = nextRead();

        await(vertx.eventBus().request(Addresses.catalogChanged("node"), new CatalogChanged(7)));
        first.complete(snapshot(0, 6));
        nextRead().complete(snapshot(6, 7));

        await(started);
        assertThat(keeper.version()).isEqualTo(7);
    }
}
