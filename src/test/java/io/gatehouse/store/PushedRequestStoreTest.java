package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static io.gatehouse.store.StoreFixture.isOwnerDeleted;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests how often pushed requests are used, and how many a client has. */
class PushedRequestStoreTest {
    private static StoreFixture store;
    private static PushedRequestStore requests;
    private static UUID plugin;

    @BeforeAll
    static void start() {
        store = new StoreFixture();
        requests = new PushedRequestStore(store.database);
        plugin = store.insert(
                        EntitySchemas.PLUGINS,
                        Map.of("name", "oauth2", "config", Map.of("enable_authorization_code", true)))
                .id();
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    private static boolean insert(UUID client, String reference) {
        return await(insert(client, plugin, reference));
    }

    private static Future<Boolean> insert(UUID client, UUID ofPlugin, String reference) {
        return requests.insert(
                CredentialDigest.of(reference), client, ofPlugin, Map.of("client_id", "app", "scope", "email"));
    }

    private static Future<Optional<Map<String, @Nullable Object>>> use(String reference, String attempt) {
        return requests.use(CredentialDigest.of(reference), plugin, "app", CredentialDigest.of(attempt));
    }

    @Test
    void request_isUsedByOneAttempt() {
        assertThat(insert(store.credential("app").id(), "a")).isTrue();

        List<Future<Optional<Map<String, @Nullable Object>>>> uses =
                IntStream.range(0, 20).mapToObj(i -> use("a", "attempt " + i)).toList();

        int used = 0;
        for (int i = 0; i < uses.size(); i++) {
            if (await(uses.get(i)).isPresent()) {
                used++;
                assertThat(await(use("a", "attempt " + i)))
                        .hasValueSatisfying(parameters -> assertThat(parameters).containsEntry("scope", "email"));
            }
        }
        assertThat(used).isEqualTo(1);
    }

    @Test
    void fullQuota_refusesThatClientAlone() throws SQLException {
        UUID full = store.credential("full").id();
        try (Connection connection = store.connect();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO oauth2_pushed_requests"
                                + " SELECT sha256(n::text::bytea), ?, ?, '{}', NULL, 99999999999 FROM generate_series(1, ?) n")) {
            insert.setObject(1, full);
            insert.setObject(2, plugin);
            insert.setInt(3, PushedRequestStore.QUOTA);
            insert.executeUpdate();
        }

        assertThat(insert(full, "b")).isFalse();
        assertThat(insert(store.credential("empty").id(), "b")).isTrue();
    }

    /** Both may be deleted after the issuer has read them. */
    @Test
    void requestOfADeletedClientOrPlugin_isNotStored() {
        isOwnerDeleted(insert(UUID.randomUUID(), plugin, "c"), true);
        isOwnerDeleted(insert(store.credential("without plugin").id(), UUID.randomUUID(), "d"), false);
    }
}
