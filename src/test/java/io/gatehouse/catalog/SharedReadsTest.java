package io.gatehouse.catalog;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests how calls share reads. */
class SharedReadsTest {
    private static final CatalogSnapshot SNAPSHOT = new CatalogSnapshot("epoch", 0, 7, Map.of(), Map.of());

    private final List<Promise<CatalogSnapshot>> started = new ArrayList<>();
    private final SharedReads reads = new SharedReads((since, previous) -> {
        Promise<CatalogSnapshot> read = Promise.promise();
        started.add(read);
        return read.future();
    });

    @Test
    void aCall_fails_whenTooManyHaveNotCompleted() {
        List<Future<CatalogSnapshot>> calls = new ArrayList<>();
        for (int i = 0; i < SharedReads.MAX_CALLS; i++) {
            calls.add(reads.read(i % 2));
        }
        assertThatThrownBy(() -> await(reads.read(0))).hasMessageContaining("too many");

        for (int i = 0; i < 4; i++) {
            started.get(i).complete(SNAPSHOT);
        }
        assertThat(started).as("one read and one more, of each version").hasSize(4);
        assertThat(calls).allSatisfy(call -> assertThat(await(call)).isSameAs(SNAPSHOT));

        Future<CatalogSnapshot> later = reads.read(0);
        started.get(4).complete(SNAPSHOT);
        assertThat(await(later)).isSameAs(SNAPSHOT);
    }

    @Test
    void theNextRead_starts_whenOneHasFailed() {
        Future<CatalogSnapshot> first = reads.read(0);
        Future<CatalogSnapshot> second = reads.read(0);
        started.get(0).fail("unreachable");
        started.get(1).complete(SNAPSHOT);

        assertThatThrownBy(() -> await(first)).hasMessageContaining("unreachable");
        assertThat(await(second)).isSameAs(SNAPSHOT);
    }

    @Test
    void aRead_fails_whenTheReaderThrows() {
        SharedReads broken = new SharedReads((since, previous) -> {
            throw new IllegalStateException("a fault");
        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> await(broken.read(0))).hasMessageContaining("a fault");
        }
    }
}
