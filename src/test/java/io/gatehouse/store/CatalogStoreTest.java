package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.Document;
import io.gatehouse.entity.EntitySchemas;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogStoreTest {
    @Test
    void aSnapshotHasWhatTheDataPathRunsOnAndItsVersion() {
        try (StoreFixture store = new StoreFixture()) {
            Document service = store.insert(EntitySchemas.SERVICES, Map.of("name", "s", "host", "h"));
            Document route = store.insert(
                    EntitySchemas.ROUTES,
                    Map.of("paths", List.of("/a"), "service", StoreFixture.reference(service.id())));
            Document byName = store.insert(EntitySchemas.CONSUMERS, Map.of("username", "guest"));
            Document byId = store.insert(EntitySchemas.CONSUMERS, Map.of("username", "visitor"));
            store.insert(EntitySchemas.CONSUMERS, Map.of("username", "somebody"));
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

            assertThat(snapshot.version()).isEqualTo(await(store.catalog.version()));
            assertThat(snapshot.services()).containsExactly(service.values());
            assertThat(snapshot.routes()).containsExactly(route.values());
            assertThat(snapshot.plugins()).hasSize(2);
            assertThat(snapshot.consumers()).containsExactlyInAnyOrder(byName.values(), byId.values());
        }
    }
}
