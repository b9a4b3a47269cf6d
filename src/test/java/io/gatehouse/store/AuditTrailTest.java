package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.store.AuditTrail.Page;
import io.gatehouse.store.AuditTrail.Recorded;
import io.gatehouse.store.entity.EntityRef;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the records of the audit trail: their transaction, pages, bounds and removal. */
class AuditTrailTest {
    private StoreFixture store;
    private AuditTrail trail;

    @BeforeEach
    void open() {
        store = new StoreFixture();
        trail = new AuditTrail(store.database);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static AuditedRequest request(Duration retention) {
        return new AuditedRequest(
                UUID.randomUUID().toString(), "192.0.2.1", "CN=alex", "POST", "/services", 201, retention);
    }

    private static Document service(String name) {
        return EntitySchemas.SERVICES.check(Map.of("name", name, "host", "h"));
    }

    private Document create(String name) {
        Document service = service(name);
        await(store.entities.by(request(Duration.ofDays(1))).insert(EntitySchemas.SERVICES, service));
        return service;
    }

    private Page page(int size) {
        return await(trail.list(null, null, size));
    }

    private static List<String> names(Page page) {
        return page.entries().stream()
                .map(entry -> String.valueOf(((Map<?, ?>) entry.changes().get(0)).get("name")))
                .toList();
    }

    @Test
    void aPageBeginsWithTheNewest() {
        IntStream.range(0, 5).forEach(i -> create("s" + i));

        Page first = page(2);
        assertThat(names(first)).containsExactly("s4", "s3");
        assertThat(first.hasMore()).isTrue();
        Page last = await(trail.list(null, first.entries().get(1).id(), 3));
        assertThat(names(last)).containsExactly("s2", "s1", "s0");
        assertThat(last.hasMore()).isFalse();
        assertThat(await(trail.list(null, last.entries().get(2).id(), 3)).entries())
                .isEmpty();
    }

    @Test
    void aRecordHasTheRequestAndTheTimeUntilItIsRemoved() {
        Document service = create("orders");

        Recorded entry = page(1).entries().get(0);
        assertThat(entry.clientAddress()).isEqualTo("192.0.2.1");
        assertThat(entry.clientName()).isEqualTo("CN=alex");
        assertThat(entry.method()).isEqualTo("POST");
        assertThat(entry.path()).isEqualTo("/services");
        assertThat(entry.status()).isEqualTo(201);
        assertThat(entry.ttl()).isBetween(86_390L, 86_400L);
        assertThat(((Map<?, ?>) entry.changes().get(0)).get("id"))
                .isEqualTo(service.id().toString());
    }

    @Test
    void theRecordsOfAnEntityAreFound() {
        create("one");
        Document other = create("other");

        assertThat(names(await(trail.list(other.id(), null, 10)))).containsExactly("other");
        assertThat(await(trail.list(UUID.randomUUID(), null, 10)).entries()).isEmpty();
    }

    @Test
    void aWriteThatIsRejectedLeavesNoRecord() {
        create("taken");

        assertThatThrownBy(() -> create("taken")).hasCauseInstanceOf(StoreException.UniqueViolation.class);

        assertThat(page(10).entries()).hasSize(1);
    }

    @Test
    void aWriteWhoseRecordFailsIsNotCommitted() {
        await(store.database.query("ALTER TABLE audit_requests RENAME TO taken_away", Tuple.tuple()));
        Document service = service("orders");

        assertThatThrownBy(() ->
                        await(store.entities.by(request(Duration.ofDays(1))).insert(EntitySchemas.SERVICES, service)))
                .isNotNull();

        assertThat(await(store.entities.find(
                        EntitySchemas.SERVICES, EntityRef.of(service.id().toString()))))
                .isEmpty();
    }

    @Test
    void aWriteThatChangesNothingLeavesNoRecord() {
        Document service = create("orders");

        await(store.entities
                .by(request(Duration.ofDays(1)))
                .writeAll(
                        EntitySchemas.SERVICES,
                        List.of(service.id()),
                        current -> Future.succeededFuture(
                                List.of(current.get(0).orElseThrow().with("updated_at", 1L)))));

        assertThat(page(10).entries()).hasSize(1);
    }

    @Test
    void theChangesOfARequestAreBounded() {
        int count = 1_000;
        String tag = "t".repeat(500);
        List<Document> services = IntStream.range(0, count)
                .mapToObj(i -> service("s" + i).with("tags", List.of(tag)))
                .toList();
        await(store.entities
                .by(request(Duration.ofDays(1)))
                .writeAll(
                        EntitySchemas.SERVICES,
                        services.stream().map(Document::id).toList(),
                        current -> Future.succeededFuture(services)));

        List<?> changes = page(1).entries().get(0).changes();
        assertThat(changes).hasSize(count);
        Map<?, ?> first = (Map<?, ?>) changes.get(0);
        Map<?, ?> last = (Map<?, ?>) changes.get(count - 1);
        assertThat((List<?>) first.get("fields")).isNotEmpty();
        assertThat((List<?>) last.get("fields")).isEmpty();
        assertThat(last.get("withheld")).isEqualTo("size");
        assertThat(await(store.database.query("SELECT max(changes_size) FROM audit_requests", Tuple.tuple()))
                        .iterator()
                        .next()
                        .getInteger(0))
                .isLessThan(2 * AuditTrail.MAX_CHANGES);
    }

    @Test
    void thePagesAreBounded_andHaveEveryRecord() {
        int records = 12;
        for (int i = 0; i < records; i++) {
            create("s" + i);
        }
        // As if the changes of each were long.
        await(store.database.query(
                "UPDATE audit_requests SET changes_size = " + AuditTrail.MAX_PAGE / 4, Tuple.tuple()));

        List<String> seen = new ArrayList<>();
        Optional<Long> before = Optional.empty();
        int pages = 0;
        boolean hasMore = true;
        while (hasMore) {
            Page page = await(trail.list(null, before.orElse(null), 100));
            assertThat(page.entries()).hasSize(4);
            seen.addAll(names(page));
            before = Optional.of(page.entries().get(3).id());
            hasMore = page.hasMore();
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(seen).hasSize(records).doesNotHaveDuplicates();
    }

    @Test
    void anExpiredRecordIsNotListed_andIsRemoved() {
        create("kept");
        await(store.entities.by(request(Duration.ofSeconds(-1))).insert(EntitySchemas.SERVICES, service("expired")));

        assertThat(names(page(10))).containsExactly("kept");
        ExpiredRows expired = new ExpiredRows(store.database);
        assertThat(await(expired.backlog())).isEqualTo(1);
        assertThat(await(expired.removeBatch())).isEqualTo(1);
        assertThat(await(store.database.query("SELECT count(*) FROM audit_requests", Tuple.tuple()))
                        .iterator()
                        .next()
                        .getLong(0))
                .isEqualTo(1);
    }
}
