package io.gatehouse.store.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import io.gatehouse.store.Migrations;
import io.gatehouse.store.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the schemas with the tables of the migrations. */
class SchemaColumnsTest {
    private static PostgresConfig database;

    @BeforeAll
    static void migrate() {
        database = TestDatabase.create();
    }

    /** Columns that no client reads or writes. */
    private static final Map<String, Map<String, String>> ISSUERS_OWN = Map.of(
            "oauth2_tokens",
                    Map.of(
                            "family_id",
                            "uuid",
                            "refresh_scope",
                            "text",
                            "resource",
                            "text",
                            "sequence_number",
                            "bigint",
                            "subject_families",
                            "ARRAY",
                            "subject_credentials",
                            "ARRAY",
                            "actor",
                            "jsonb",
                            "jkt",
                            "text",
                            "x5t_s256",
                            "text"),
            "keyauth_credentials", Map.of("key_digest", "bytea"),
            "jwt_secrets", Map.of("key_digest", "bytea"),
            "basicauth_credentials", Map.of("username_digest", "bytea"),
            "hmacauth_credentials", Map.of("username_digest", "bytea"),
            "acls", Map.of("consumer_digest", "bytea"));

    private static Iterable<EntitySchema> schemas() {
        return EntitySchemas.all();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void fieldsAndColumns_matchOneToOne(EntitySchema schema) throws SQLException {
        Map<String, String> wanted = new TreeMap<>(ISSUERS_OWN.getOrDefault(schema.name(), Map.of()));
        for (Field field : schema.fields()) {
            if (!field.isWriteOnly()
                    && field.keysOf().isEmpty()
                    && field.secondsUntil().isEmpty()) {
                wanted.put(Columns.name(field).replace("\"", ""), type(field));
            }
        }
        assertThat(query("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ?", schema))
                .isEqualTo(wanted);
    }

    private static String type(Field field) {
        if (field.isDigested()) {
            return "bytea";
        }
        return switch (field.type()) {
            case STRING -> field.name().equals("id") ? "uuid" : "text";
            case INTEGER -> "bigint";
            case NUMBER -> "double precision";
            case BOOLEAN -> "boolean";
            case FOREIGN -> "uuid";
            case ARRAY, SET, MAP, RECORD -> "jsonb";
        };
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void uniqueFieldsAndReferences_areConstraintsWithTheNamesThatTheStoreExpects(EntitySchema schema)
            throws SQLException {
        TreeSet<String> wanted = new TreeSet<>();
        wanted.add(schema.name() + "_pkey");
        for (Field field : schema.fields()) {
            if (field.isUnique()) {
                wanted.add(schema.name() + "_" + field.name() + "_key");
            }
            if (field.type() == FieldType.FOREIGN
                    && EntitySchemas.find(field.reference()).isPresent()) {
                wanted.add(schema.name() + "_" + field.name() + "_fkey");
            }
        }
        if (!schema.uniqueTogether().isEmpty()) {
            wanted.add(schema.name() + "_together_key");
        }
        assertThat(query(
                                "SELECT conname, confdeltype::text FROM pg_constraint"
                                        + " WHERE conrelid = ?::regclass AND contype IN ('p', 'u', 'f', 't')",
                                schema)
                        .keySet())
                .isEqualTo(wanted);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void cascades_areTheSameInSchemaAndDatabase(EntitySchema schema) throws SQLException {
        Map<String, String> actual = query(
                "SELECT conname, confdeltype::text FROM pg_constraint WHERE conrelid = ?::regclass AND contype = 'f'",
                schema);
        for (Field reference : schema.references()) {
            String constraint = schema.name() + "_" + reference.name() + "_fkey";
            if (actual.containsKey(constraint)) {
                assertThat(actual.get(constraint)).as(constraint).isEqualTo(reference.isCascading() ? "c" : "a");
            }
        }
    }

    @Test
    void repeatedMigration_changesNothing() {
        Migrations.run(database);
        Migrations.run(database);
    }

    private static Map<String, String> query(String sql, EntitySchema schema) throws SQLException {
        Map<String, String> rows = new TreeMap<>();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + database.url(), database.user(), database.password());
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema.name());
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.put(result.getString(1), result.getString(2));
                }
            }
        }
        return rows;
    }
}
