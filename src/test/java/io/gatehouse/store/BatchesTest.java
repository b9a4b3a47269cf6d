package io.gatehouse.store;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchesTest {
    private final Vertx vertx = Vertx.vertx();
    private final Promise<Void> database = Promise.promise();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void atMost5000StatementsWait() {
        Batches<Integer, Integer> batches =
                new Batches<>(vertx, items -> database.future().map(items));
        List<Future<Integer>> results = new ArrayList<>();
        results.add(batches.add(0));
        for (int i = 1; i <= 5_000; i++) {
            results.add(batches.add(i));
        }
        assertThat(results).noneMatch(Future::isComplete);

        assertThat(batches.add(5_001).cause()).isInstanceOf(StoreException.DatabaseUnavailable.class);

        database.complete();
        for (int i = 0; i <= 5_000; i++) {
            assertThat(await(results.get(i))).isEqualTo(i);
        }
        assertThat(await(batches.add(5_002))).isEqualTo(5_002);
    }

    @Test
    void anItemThatFailsDoesNotFailTheOthersOfItsBatch() {
        Batches<Integer, Integer> batches = new Batches<>(
                vertx,
                items -> database.future()
                        .compose(done -> items.contains(2)
                                ? Future.failedFuture(new IllegalStateException("two"))
                                : Future.succeededFuture(items)));
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            results.add(batches.add(i));
        }
        database.complete();

        for (int i : List.of(0, 1, 3)) {
            assertThat(await(results.get(i))).isEqualTo(i);
        }
        assertThat(await(results.get(2).map("none").otherwise(Throwable::getMessage)))
                .isEqualTo("two");
    }
}
