package io.gatehouse.catalog;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchCatalog;
import io.gatehouse.bus.RecordCodec;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.store.StoreFixture;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the requests of several nodes without a database at the same time. */
class DatabaseCatalogTest {
    private static final int NODES = 8;

    private final StoreFixture store = new StoreFixture();

    @BeforeEach
    void serve() {
        RecordCodec.register(store.vertx);
        await(new DatabaseCatalog(store.catalog).serve(store.vertx));
        store.insert(EntitySchemas.SERVICES, Map.of("name", "s", "host", "h"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Future<CatalogSnapshot> request(long since) {
        return store.vertx
                .eventBus()
                .<CatalogSnapshot>request(Addresses.FETCH_CATALOG, new FetchCatalog(since))
                .map(reply -> reply.body());
    }

    /** Returns once the requests before have been received: messages are in order, and this one reads no entities. */
    private void awaitReceived() {
        await(request(store.version()));
    }

    /** Begins a read of everything, which ends when the transaction of the connection does. */
    private Future<CatalogSnapshot> beginRead(Connection blocker) throws SQLException {
        blocker.setAutoCommit(false);
        try (Statement statement = blocker.createStatement()) {
            statement.execute("LOCK TABLE services");
        }
        Future<CatalogSnapshot> first = request(0);
        store.awaitWaiting(1);
        return first;
    }

    @Test
    void requestsDuringARead_shareItsConfiguration_whenNothingHasChanged() throws SQLException {
        List<Future<CatalogSnapshot>> replies = new ArrayList<>();
        try (Connection blocker = store.connect()) {
            replies.add(beginRead(blocker));
            for (int i = 1; i < NODES; i++) {
                replies.add(request(0));
            }
            awaitReceived();
            blocker.rollback();
        }

        CatalogSnapshot shared = await(replies.get(0));
        assertThat(shared.of(EntitySchemas.SERVICES)).hasSize(1);
        assertThat(replies).allSatisfy(reply -> assertThat(await(reply)).isSameAs(shared));
    }

    @Test
    void requestsDuringARead_getTheChangesCommittedBeforeThem() throws SQLException {
        List<Future<CatalogSnapshot>> replies = new ArrayList<>();
        long before = store.version();
        Future<CatalogSnapshot> first;
        try (Connection blocker = store.connect()) {
            first = beginRead(blocker);
            store.insert(EntitySchemas.UPSTREAMS, Map.of("name", "u"));
            for (int i = 1; i < NODES; i++) {
                replies.add(request(0));
            }
            awaitReceived();
            blocker.rollback();
        }

        assertThat(await(first).version()).isEqualTo(before);
        CatalogSnapshot shared = await(replies.get(0));
        assertThat(shared.since()).isZero();
        assertThat(shared.version()).isEqualTo(before + 1);
        assertThat(shared.of(EntitySchemas.SERVICES)).hasSize(1);
        assertThat(shared.of(EntitySchemas.UPSTREAMS)).hasSize(1);
        assertThat(replies).allSatisfy(reply -> assertThat(await(reply)).isSameAs(shared));
    }
}
