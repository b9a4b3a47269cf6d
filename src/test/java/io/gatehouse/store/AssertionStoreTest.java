package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.store.AssertionStore.Use;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests which assertions count as used. */
class AssertionStoreTest {
    private static StoreFixture store;
    private static AssertionStore assertions;

    @BeforeAll
    static void start() {
        store = new StoreFixture();
        assertions = new AssertionStore(store.database);
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    private static long inAMinute() {
        return System.currentTimeMillis() / 1_000 + 60;
    }

    private static Future<Use> use(UUID client, String jti, String attempt) {
        return assertions.use(client, CredentialDigest.of(jti), CredentialDigest.of(attempt), inAMinute());
    }

    @Test
    void repeatedAttempt_isAcceptedAndAnotherOneIsAReplay() {
        UUID client = store.credential("repeating").id();

        assertThat(await(use(client, "a", "first"))).isEqualTo(Use.ACCEPTED);
        assertThat(await(use(client, "a", "first"))).isEqualTo(Use.ACCEPTED);
        assertThat(await(use(client, "a", "second"))).isEqualTo(Use.REPLAYED);
        assertThat(await(use(client, "b", "second"))).isEqualTo(Use.ACCEPTED);
        assertThat(await(use(store.credential("other").id(), "a", "second"))).isEqualTo(Use.ACCEPTED);
        assertThat(await(use(UUID.randomUUID(), "a", "first"))).isEqualTo(Use.REPLAYED);
    }

    @Test
    void assertionPresentedAtOnce_isAcceptedOnce() {
        UUID client = store.credential("concurrent").id();

        List<Future<Use>> uses = IntStream.range(0, 40)
                .mapToObj(i -> use(client, "same", "attempt " + i))
                .toList();

        List<Use> results = uses.stream().map(StoreFixture::await).toList();
        assertThat(Collections.frequency(results, Use.ACCEPTED)).isEqualTo(1);
        assertThat(Collections.frequency(results, Use.REPLAYED)).isEqualTo(39);
    }

    @Test
    void fullQuota_refusesThatClientAloneUntilItsAssertionsExpire() throws SQLException {
        UUID full = store.credential("full").id();
        UUID expired = store.credential("expired").id();
        fill(full, inAMinute());
        fill(expired, 1);

        assertThat(await(use(full, "a", "first"))).isEqualTo(Use.QUOTA_EXCEEDED);
        assertThat(await(use(expired, "a", "first"))).isEqualTo(Use.ACCEPTED);
        assertThat(await(use(store.credential("empty").id(), "a", "first"))).isEqualTo(Use.ACCEPTED);
    }

    private static void fill(UUID client, long deleteAt) throws SQLException {
        try (Connection connection = store.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO oauth2_assertions"
                        + " SELECT ?, sha256(n::text::bytea), '', ? FROM generate_series(1, ?) n")) {
            insert.setObject(1, client);
            insert.setLong(2, deleteAt);
            insert.setInt(3, AssertionStore.QUOTA);
            insert.executeUpdate();
        }
    }
}
