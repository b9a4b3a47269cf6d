package io.gatehouse.store.entity;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.credential.ConsumerState;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.SchemaViolation;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.StoreFixture;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EntityStoreTest {
    private static StoreFixture store;

    @BeforeAll
    static void open() {
        store = new StoreFixture();
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private static Document service(String name) {
        return store.insert(EntitySchemas.SERVICES, Map.of("name", name, "host", "h"));
    }

    private static Document with(Document document, String field, @Nullable Object value) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(document.values());
        values.put(field, value);
        return new Document(values);
    }

    private static WriteResult change(Document credential, String field, Object value) {
        return await(store.entities.write(
                EntitySchemas.OAUTH2_CREDENTIALS,
                EntityRef.of(credential.string("id")),
                current -> Future.succeededFuture(with(Objects.requireNonNull(current), field, value))));
    }

    private static Optional<Document> find(EntitySchema schema, String idOrKey) {
        return await(store.entities.find(schema, EntityRef.of(idOrKey)));
    }

    @Test
    void storedEntity_isReadAsItWasChecked() {
        Document route = EntitySchemas.ROUTES.check(new JsonObject("""
                {"name": "all", "paths": ["/a", "~/b{1,2}"], "hosts": ["*.example"], "methods": ["GET"],
                 "headers": {"x": ["1", "2"]}, "snis": ["s.example"], "tags": ["a", "é"], "regex_priority": -5}""").getMap());
        WriteResult written = await(store.entities.insert(EntitySchemas.ROUTES, route));
        assertThat(written.after()).isEqualTo(route);
        assertThat(find(EntitySchemas.ROUTES, "all")).contains(route);
        Document stream = EntitySchemas.ROUTES.check(new JsonObject("""
                {"name": "stream", "protocols": ["tcp"],
                 "sources": [{"ip": "10.0.0.0/8", "port": 1}, {"ip": null, "port": 2}]}""").getMap());
        await(store.entities.insert(EntitySchemas.ROUTES, stream));
        assertThat(find(EntitySchemas.ROUTES, "stream")).contains(stream);
        Document plugin = EntitySchemas.PLUGINS.check(new JsonObject("""
                {"name": "oauth2", "config": {"enable_implicit_grant": true, "token_expiration": 60,
                 "refresh_token_ttl": 1e8, "scopes": ["x"]}}""").getMap());
        await(store.entities.insert(EntitySchemas.PLUGINS, plugin));
        assertThat(find(EntitySchemas.PLUGINS, plugin.string("id"))).contains(plugin);
    }

    @Test
    void failedEdit_changesNothing() {
        service("unedited");
        long version = store.version();
        Future<WriteResult> failing = store.entities.write(
                EntitySchemas.SERVICES,
                EntityRef.of("unedited"),
                current -> Future.failedFuture(new IllegalArgumentException("no")));
        assertThatThrownBy(() -> await(failing)).hasRootCauseMessage("no");
        assertThat(store.version()).isEqualTo(version);
    }

    @Test
    void version_risesWithEveryChangeOnly() {
        long before = store.version();
        Document service = service("versioned");
        assertThat(store.version()).isEqualTo(before + 1);

        WriteResult same = await(store.entities.write(
                EntitySchemas.SERVICES,
                EntityRef.of("versioned"),
                current -> Future.succeededFuture(with(service, "updated_at", 5L))));
        assertThat(same.catalogVersion()).isZero();
        WriteResult changed = await(store.entities.write(
                EntitySchemas.SERVICES,
                EntityRef.of("versioned"),
                current -> Future.succeededFuture(with(service, "port", 81L))));
        assertThat(changed.catalogVersion()).isEqualTo(before + 2);
        assertThat(await(store.entities.delete(EntitySchemas.SERVICES, EntityRef.of("versioned")))
                        .orElseThrow()
                        .catalogVersion())
                .isEqualTo(before + 3);
        assertThat(await(store.entities.delete(EntitySchemas.SERVICES, EntityRef.of("versioned"))))
                .isEmpty();
        store.credential("outside the catalog");
        assertThat(store.version()).isEqualTo(before + 3);
    }

    @Test
    void logOfChanges_isBounded_whenABatchIsWritten() {
        await(store.database.query(
                "INSERT INTO catalog_changes (version, entity, entity_id)"
                        + " SELECT -n, 'services', gen_random_uuid() FROM generate_series(1, $1) n",
                Tuple.of(CatalogChanges.KEPT + 100)));
        List<Document> services = IntStream.range(0, 100)
                .mapToObj(i -> EntitySchemas.SERVICES.check(Map.of("host", "h")))
                .toList();

        List<WriteResult> written = await(store.entities.writeAll(
                EntitySchemas.SERVICES,
                services.stream().map(Document::id).toList(),
                current -> Future.succeededFuture(services)));

        assertThat(written)
                .hasSize(100)
                .allSatisfy(one -> assertThat(one.catalogVersion()).isEqualTo(store.version()));
        assertThat(await(store.database.query("SELECT count(*) FROM catalog_changes", Tuple.tuple()))
                        .iterator()
                        .next()
                        .getLong(0))
                .isEqualTo(CatalogChanges.KEPT);
    }

    @Test
    void violatedConstraint_isNamed() {
        Document service = service("refusing");
        assertThatThrownBy(() -> store.insert(EntitySchemas.SERVICES, Map.of("name", "refusing", "host", "h")))
                .hasCauseInstanceOf(StoreException.UniqueViolation.class);
        assertThatThrownBy(() -> store.insert(EntitySchemas.SERVICES, Map.of("id", service.string("id"), "host", "h")))
                .hasCauseInstanceOf(StoreException.PrimaryKeyViolation.class);
        assertThatThrownBy(() -> store.insert(
                        EntitySchemas.ROUTES,
                        Map.of("paths", List.of("/"), "service", StoreFixture.reference(UUID.randomUUID()))))
                .hasCauseInstanceOf(StoreException.ForeignKeyViolation.class);
        assertThatThrownBy(() -> store.insert(
                        EntitySchemas.ROUTES, Map.of("paths", List.of("/"), "service", Map.of("name", "missing"))))
                .hasCauseInstanceOf(StoreException.UnresolvedReference.class);
        assertThatThrownBy(() -> store.insert(
                        EntitySchemas.SERVICES,
                        Map.of(
                                "host", "h",
                                "protocol", "https",
                                "client_certificate", StoreFixture.reference(UUID.randomUUID()))))
                .hasCauseInstanceOf(StoreException.ForeignKeyViolation.class);
    }

    @Test
    void token_isStoredAsADigestAndFoundByItsClearText() {
        Document credential = store.credential("digests");
        Document token = store.insert(
                EntitySchemas.OAUTH2_TOKENS,
                Map.of(
                        "access_token",
                        "clear",
                        "refresh_token",
                        "also clear",
                        "expires_in",
                        5,
                        "ttl",
                        100,
                        "credential",
                        StoreFixture.reference(credential.id())));
        assertThat(token.values()).doesNotContainKey("delete_at");
        assertThat(find(EntitySchemas.OAUTH2_TOKENS, "clear").orElseThrow().optionalString("access_token"))
                .isEqualTo("clear");
        assertThat(find(EntitySchemas.OAUTH2_TOKENS, token.string("id"))
                        .orElseThrow()
                        .get("access_token"))
                .isNull();
        assertThat(find(EntitySchemas.OAUTH2_TOKENS, "unclear")).isEmpty();

        // No state of a token has the type of its client.
        assertThat(change(credential, "client_type", "public").invalidated()).isEmpty();
        assertThat(change(credential, "client_id", "renamed").invalidated())
                .containsExactly(CredentialDigest.of("clear"));
        WriteResult deleted = await(store.entities.delete(
                        EntitySchemas.CONSUMERS, EntityRef.of(credential.reference("consumer") + "")))
                .orElseThrow();
        assertThat(deleted.invalidated())
                .containsExactlyInAnyOrder(
                        CredentialDigest.of("clear"),
                        ConsumerState.digest(Objects.requireNonNull(credential.reference("consumer"))),
                        ConsumerState.digestOfUsername("user of digests"));
    }

    @Test
    void distinctValues_areListedOnce() {
        Document one = service("distinct-one");
        Document two = service("distinct-two");
        for (Document each : List.of(one, two)) {
            store.insert(
                    EntitySchemas.PLUGINS,
                    Map.of(
                            "name", "oauth2",
                            "service", StoreFixture.reference(each.id()),
                            "config", Map.of("enable_implicit_grant", true)));
        }
        assertThat(await(store.entities.distinct(EntitySchemas.PLUGINS, "name")))
                .containsExactly("oauth2");
    }

    @Test
    void valueBeyondALimitOfPostgreSql_isAViolationOfTheEntity() {
        byte[] random = new byte[2_000];
        new Random(1).nextBytes(random);
        String text = HexFormat.of().formatHex(random);
        Document plugin = EntitySchemas.PLUGINS.check(Map.of("name", "key-auth", "config", Map.of("anonymous", "a")));

        assertThatThrownBy(() -> await(store.entities.insert(
                        EntitySchemas.PLUGINS, with(plugin, "config", Map.of("anonymous", text)))))
                .hasCauseInstanceOf(SchemaViolation.class)
                .hasMessageContaining("a value is too large");
    }
}
