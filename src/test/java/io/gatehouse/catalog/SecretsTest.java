package io.gatehouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.CertifiedKey;
import io.gatehouse.schema.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tests references to vaults (docs/reference/admin-api.md#vaults). */
class SecretsTest {
    private static final UUID ID = UUID.randomUUID();

    private final Map<String, String> environment = new HashMap<>(Map.of(
            "DB_PASSWORD", "swordfish",
            "APP_DB_PASSWORD", "of the app",
            "PAIR", "{\"user\":\"root\",\"number\":7}",
            "GATEHOUSE_ADMIN_TOKEN", "the node's own",
            "EMPTY", ""));
    private final Secrets secrets = new Secrets(environment::get);
    private final Logger log = (Logger) LoggerFactory.getLogger(Secrets.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void detach() {
        log.detachAppender(lines);
    }

    private static Map<String, @Nullable Object> vault(String prefix, @Nullable String variablePrefix) {
        Map<String, @Nullable Object> vault = new HashMap<>();
        vault.put("id", UUID.randomUUID().toString());
        vault.put("prefix", prefix);
        vault.put("name", "env");
        if (variablePrefix != null) {
            vault.put("config", Map.of("prefix", variablePrefix));
        }
        return vault;
    }

    private static Catalog catalog(String key) {
        return Catalog.of(new CatalogSnapshot(
                "epoch",
                0,
                1,
                Map.of(
                        "certificates",
                        List.of(Map.of("id", ID.toString(), "cert", "a certificate", "key", key)),
                        "vaults",
                        List.of(vault("app", "app-"), vault("plain", null))),
                Map.of()));
    }

    private String resolved(String key) {
        return secrets.resolve(catalog(key))
                .certificate(ID)
                .map(CertifiedKey::key)
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "{vault://env/DB_PASSWORD},swordfish",
                "{vault://env/db-password},swordfish",
                "{vault://env/db_password/},swordfish",
                "{vault://app/db-password},of the app",
                "{vault://plain/db-password},swordfish",
                "{vault://env/pair/user},root",
                "{vault://env/empty},\"\""
            })
    void aReferenceIsReplacedByItsSecret(String reference, String secret) {
        assertThat(resolved(reference)).isEqualTo(secret);
        assertThat(lines.list).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{vault://env/absent}",
                "{vault://other/db-password}",
                "{vault://env/pair/absent}",
                "{vault://env/pair/number}",
                "{vault://env/db-password/member}",
                "{vault://env}",
                "{vault://env/a/b/c}",
                "{vault://env/gatehouse-admin-token}",
                "{vault://env/GATEHOUSE_ADMIN_TOKEN}"
            })
    void anUnresolvedReferenceIsEmptyAndLoggedOnceByName(String reference) {
        assertThat(resolved(reference)).isEmpty();
        assertThat(resolved(reference)).isEmpty();
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("Reference " + reference + " has no secret on this node; its field is empty");
    }

    @Test
    void aReferenceThatFailsAgainIsLoggedAgain() {
        resolved("{vault://env/later}");
        environment.put("LATER", "now");
        assertThat(resolved("{vault://env/later}")).isEqualTo("now");
        environment.remove("LATER");
        resolved("{vault://env/later}");
        assertThat(lines.list).hasSize(2);
    }

    @Test
    void aChangeOfSomethingElseKeepsTheSecrets() {
        Catalog before = catalog("{vault://env/db-password}");
        CertifiedKey resolved = secrets.resolve(before).certificate(ID).orElseThrow();
        Map<String, @Nullable Object> sni =
                Map.of("id", ID.toString(), "name", "api.example", "certificate", Map.of("id", ID.toString()));
        Catalog after = before.with(new CatalogSnapshot("epoch", 1, 2, Map.of("snis", List.of(sni)), Map.of()));

        Catalog changed = secrets.resolve(after);
        assertThat(changed.version()).isEqualTo(2);
        assertThat(changed.snis()).hasSize(1);
        assertThat(changed.certificate(ID).orElseThrow()).isSameAs(resolved);
        assertThat(changed.vaults()).hasSize(2);
    }

    @Test
    void aConfigurationWithoutReferencesIsTheSameObject() {
        Catalog catalog = catalog("a key");
        assertThat(secrets.resolve(catalog)).isSameAs(catalog);
    }

    private String endpoint(String secret) {
        environment.put("ENDPOINT", secret);
        Map<String, Object> plugin = Map.of(
                "id",
                ID.toString(),
                "name",
                "http-log",
                "config",
                Map.of("http_endpoint", "{vault://env/endpoint}"),
                "protocols",
                List.of("http"),
                "enabled",
                true);
        CatalogSnapshot snapshot = new CatalogSnapshot("epoch", 0, 1, Map.of("plugins", List.of(plugin)), Map.of());
        return secrets.resolve(Catalog.of(snapshot))
                .plugin(ID)
                .orElseThrow()
                .config()
                .string("http_endpoint");
    }

    @Test
    void theFieldOfAPluginChecksItsSecret() {
        assertThat(endpoint("https://user:pass@logs.test/x")).isEqualTo("https://user:pass@logs.test/x");
        assertThat(lines.list).isEmpty();
        for (String secret : List.of("no url", "", "https://logs.test/\n", "{vault://env/endpoint}")) {
            assertThat(endpoint(secret)).isEmpty();
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Reference {vault://env/endpoint} has a malformed secret on this node; its field is empty");
    }

    @Test
    void onlyFieldsThatCanBeReferencesAreReplaced() {
        List<Field> fields = List.of(
                Field.string("secret").referenceable(),
                Field.string("text"),
                Field.array("headers", Field.element().referenceable()),
                Field.map("values", Field.element(), Field.element().referenceable()),
                Field.record("redis", Field.string("password").referenceable(), Field.integer("port")));
        String reference = "{vault://env/x}";
        Map<String, Object> config = Map.of(
                "secret", reference,
                "text", reference,
                "headers", List.of("a", reference),
                "values", Map.of(reference, reference),
                "redis", Map.of("password", reference, "port", 1L));

        assertThat(Secrets.record(fields, config, (any, isAccepted) -> "secret"))
                .isEqualTo(Map.of(
                        "secret", "secret",
                        "text", reference,
                        "headers", List.of("a", "secret"),
                        "values", Map.of(reference, "secret"),
                        "redis", Map.of("password", "secret", "port", 1L)));
    }
}
