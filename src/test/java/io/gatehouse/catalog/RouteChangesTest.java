package io.gatehouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.store.StoreFixture;
import io.gatehouse.testing.Gatehouse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests which changes of the configuration affect some routes alone. */
class RouteChangesTest {
    private final StoreFixture store = new StoreFixture();
    private final Secrets secrets = new Secrets(Map.of("KEY", "a secret")::get);
    private Catalog configured = Catalog.of(snapshot(0));
    private Catalog resolved = secrets.resolve(configured);

    @BeforeEach
    void configure() {
        store.insert(EntitySchemas.SERVICES, Map.of("name", "s", "host", "h"));
        store.insert(EntitySchemas.CERTIFICATES, Map.of("cert", "{vault://env/cert}", "key", "{vault://env/key}"));
        changes();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private CatalogSnapshot snapshot(long since) {
        return Gatehouse.await(store.catalog.load(since));
    }

    /** Reads the changes since the last call; null if they may affect every route. */
    private @Nullable RouteChanges changes() {
        Catalog before = resolved;
        configured = configured.with(snapshot(configured.version()));
        resolved = secrets.resolve(configured);
        return resolved.changesSince(before);
    }

    @Test
    void aRouteIsAChangeOfItself_alsoBesideACertificateWithAReference() {
        UUID route = store.insert(EntitySchemas.ROUTES, Map.of("paths", List.of("/a")))
                .id();
        assertThat(Objects.requireNonNull(changes()).routes()).containsExactly(route);
    }

    @Test
    void aPluginForEveryRequestMayAffectEveryRoute() {
        store.insert(EntitySchemas.PLUGINS, Map.of("name", "cors"));
        assertThat(changes()).isNull();
    }
}
