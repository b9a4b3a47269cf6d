package io.gatehouse.store.entity;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.store.StoreFixture;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogStoreTest {
    @Test
    void snapshot_holdsTheEntitiesOfTheDataPathAndTheirVersion() {
        try (StoreFixture store = new StoreFixture()) {
            Document service = store.insert(EntitySchemas.SERVICES, Map.of("name", "s", "host", "h"));
            Document route = store.insert(
                    EntitySchemas.ROUTES,
                    Map.of("paths", List.of("/a"), "service", StoreFixture.reference(service.id())));
            Document byName = store.insert(EntitySchemas.CONSUMERS, Map.of("username", "guest"));
            Document byId = store.insert(EntitySchemas.CONSUMERS, Map.of("username", "visitor"));
            store.insert(EntitySchemas.CONSUMERS, Map.of("username", "user"));
            for (Map<String, Object> place : List.of(
                    Map.<String, Object>of("service", StoreFixture.reference(service.id())),
                    Map.<String, Object>of("route", StoreFixture.reference(route.id())))) {
                Map<String, Object> plugin = new java.util.LinkedHashMap<>(place);
                plugin.put("name", "oauth2");
                plugin.put(
                        "config",
                        Map.of(
                                "enable_client_credentials",
                                true,
                                "anonymous",
                                place.containsKey("route") ? "guest" : byId.string("id")));
                store.insert(EntitySchemas.PLUGINS, Map.copyOf(plugin));
            }

            CatalogSnapshot snapshot = await(store.catalog.load());

            assertThat(snapshot.version()).isEqualTo(store.version());
            assertThat(snapshot.of(EntitySchemas.SERVICES)).containsExactly(service.values());
            assertThat(snapshot.of(EntitySchemas.ROUTES)).containsExactly(route.values());
            assertThat(snapshot.of(EntitySchemas.PLUGINS)).hasSize(2);
            assertThat(snapshot.of(EntitySchemas.CONSUMERS)).containsExactlyInAnyOrder(byName.values(), byId.values());
        }
    }

    @Test
    void load_returnsTheChangesSinceAVersion() {
        try (StoreFixture store = new StoreFixture()) {
            Document kept = store.insert(EntitySchemas.SERVICES, Map.of("name", "kept", "host", "h"));
            Document deleted = store.insert(EntitySchemas.SERVICES, Map.of("name", "deleted", "host", "h"));
            Document plugin = store.insert(
                    EntitySchemas.PLUGINS,
                    Map.of(
                            "name",
                            "oauth2",
                            "service",
                            StoreFixture.reference(deleted.id()),
                            "config",
                            Map.of("enable_client_credentials", true)));
            long since = store.version();
            Document made = store.insert(EntitySchemas.SERVICES, Map.of("name", "made", "host", "h"));
            await(store.entities.delete(EntitySchemas.SERVICES, EntityRef.of("deleted")));

            CatalogSnapshot changes = await(store.catalog.load(since));

            assertThat(changes.since()).isEqualTo(since);
            assertThat(changes.version()).isEqualTo(since + 2);
            assertThat(changes.of(EntitySchemas.SERVICES)).containsExactly(made.values());
            assertThat(changes.removed())
                    .isEqualTo(
                            Map.of("services", List.of(deleted.string("id")), "plugins", List.of(plugin.string("id"))));
            assertThat(await(store.catalog.load(changes.version())).of(EntitySchemas.SERVICES))
                    .isEmpty();
            assertThat(await(store.catalog.load()).of(EntitySchemas.SERVICES))
                    .containsExactlyInAnyOrder(kept.values(), made.values());
        }
    }

    @Test
    void load_returnsEverything_forAVersionOfAnotherHistory() {
        try (StoreFixture store = new StoreFixture()) {
            Document service = store.insert(EntitySchemas.SERVICES, Map.of("name", "s", "host", "h"));

            CatalogSnapshot snapshot = await(store.catalog.load(1_000));

            assertThat(snapshot.since()).isZero();
            assertThat(snapshot.of(EntitySchemas.SERVICES)).containsExactly(service.values());
        }
    }

    @Test
    void epoch_changes_whenADumpIsRestored() {
        try (StoreFixture store = new StoreFixture()) {
            String before = await(store.catalog.load()).epoch();
            assertThat(before).as("system identifier, timeline, table").matches("\\d+\\.[0-9A-F]{8}\\.\\d+");
            assertThat(await(store.changes.since(null)).epoch()).isEqualTo(before);
            assertThat(await(store.catalog.load(1)).epoch()).isEqualTo(before);

            // As pg_restore --clean does.
            for (String statement : List.of(
                    "CREATE TABLE restored (LIKE catalog_version INCLUDING ALL)",
                    "INSERT INTO restored SELECT * FROM catalog_version",
                    "DROP TABLE catalog_version",
                    "ALTER TABLE restored RENAME TO catalog_version")) {
                await(store.database.query(statement, Tuple.tuple()));
            }

            assertThat(await(store.catalog.load()).epoch()).isNotEqualTo(before);
            assertThat(await(store.changes.since(null)).epoch()).isNotEqualTo(before);
        }
    }

    @Test
    void consumer_raisesTheVersion_onlyIfItIsAnonymous() {
        try (StoreFixture store = new StoreFixture()) {
            long before = store.version();
            store.insert(EntitySchemas.CONSUMERS, Map.of("username", "user"));
            assertThat(store.version()).isEqualTo(before);

            store.insert(
                    EntitySchemas.PLUGINS,
                    Map.of(
                            "name",
                            "oauth2",
                            "config",
                            Map.of("enable_client_credentials", true, "anonymous", "guest")));
            store.insert(EntitySchemas.CONSUMERS, Map.of("username", "guest"));

            CatalogSnapshot changes = await(store.catalog.load(before));
            assertThat(changes.version()).isEqualTo(before + 2);
            assertThat(changes.of(EntitySchemas.CONSUMERS)).hasSize(1);
        }
    }

    /** Otherwise the nodes could read the plugin before the Consumer is committed, and never again. */
    @Test
    void plugin_waitsForAWriteOfItsAnonymousConsumer() throws SQLException {
        try (StoreFixture store = new StoreFixture()) {
            Future<WriteResult> plugin;
            try (Connection other = store.connect();
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("INSERT INTO consumers (id, created_at, updated_at, username)"
                        + " VALUES (gen_random_uuid(), 1, 1, 'guest')");
                plugin = store.entities.insert(
                        EntitySchemas.PLUGINS,
                        EntitySchemas.PLUGINS.check(
                                Map.of("name", "key-auth", "config", Map.of("anonymous", "guest"))));
                store.awaitWaiting(1);
                other.commit();
            }

            long version = await(plugin).catalogVersion();
            CatalogSnapshot snapshot = await(store.catalog.load(version - 1));
            assertThat(snapshot.of(EntitySchemas.CONSUMERS)).hasSize(1);
        }
    }

    @Test
    void anonymousConsumer_isFoundByItsIdInAnyCase() {
        try (StoreFixture store = new StoreFixture()) {
            String id = "6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11";
            store.insert(
                    EntitySchemas.PLUGINS,
                    Map.of("name", "key-auth", "config", Map.of("anonymous", id.toUpperCase(Locale.ROOT))));
            long before = store.version();

            Document guest = store.insert(EntitySchemas.CONSUMERS, Map.of("id", id, "username", "guest"));

            CatalogSnapshot changes = await(store.catalog.load(before));
            assertThat(changes.version()).isEqualTo(before + 1);
            assertThat(changes.of(EntitySchemas.CONSUMERS)).containsExactly(guest.values());
            assertThat(await(store.catalog.load()).of(EntitySchemas.CONSUMERS)).containsExactly(guest.values());
        }
    }
}
