package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks that a migration that takes something from older nodes states which of them it leaves, and that no node waits for the index of a
 * large table (docs/releasing.md#migrations).
 */
class MigrationFilesTest {
    private static final Path FILES = Path.of("src/main/resources/db/migration");
    /** The newest migration of the first release. No release before it has nodes that run on the later ones. */
    private static final int FIRST_RELEASE = 21;
    /** The newest migration that builds an index of an earlier table: of Consumers, which are fewer than tokens. */
    private static final int LAST_INDEX_OF_EARLIER_TABLE = 22;

    private static final Pattern NAME = Pattern.compile("V(\\d+)(?:_\\d+)?__[a-z0-9_]+?(?:_needs_(\\d+))?\\.sql");
    private static final Pattern CONTRACTION = Pattern.compile(
            "(?i)\\b(DROP\\s+(TABLE|COLUMN|VIEW|CONSTRAINT|TRIGGER|FUNCTION|SEQUENCE|TYPE|DEFAULT)|RENAME"
                    + "|SET\\s+NOT\\s+NULL|ALTER\\s+COLUMN\\s+\\w+\\s+(SET\\s+DATA\\s+)?TYPE"
                    + "|ADD\\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY|EXCLUDE)|REVOKE)\\b");
    private static final Pattern ADDED_COLUMN = Pattern.compile("(?i)\\bADD\\s+COLUMN\\b[^,;]*");
    private static final Pattern CREATED_TABLE = Pattern.compile("(?i)\\bCREATE\\s+TABLE\\s+(\\w+)");
    private static final Pattern INDEXED_TABLE = Pattern.compile(
            "(?i)\\bCREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+(?:CONCURRENTLY\\s+)?(?:IF\\s+NOT\\s+EXISTS\\s+)?"
                    + "\\w+\\s+ON\\s+(\\w+)");
    private static final Pattern COMMENT = Pattern.compile("--.*");

    private static boolean isContraction(String sql) {
        String statements = COMMENT.matcher(sql).replaceAll("");
        return CONTRACTION.matcher(statements).find()
                || ADDED_COLUMN
                        .matcher(statements)
                        .results()
                        .map(MatchResult::group)
                        .anyMatch(column -> column.matches("(?is).*\\bNOT\\s+NULL\\b.*")
                                && !column.matches("(?is).*\\b(DEFAULT|GENERATED)\\b.*"));
    }

    /** The tables that get an index and that the statements do not create. */
    private static List<String> indexedEarlierTables(String sql) {
        String statements = COMMENT.matcher(sql).replaceAll("");
        List<String> created = tables(CREATED_TABLE, statements);
        return tables(INDEXED_TABLE, statements).stream()
                .filter(table -> !created.contains(table))
                .toList();
    }

    private static List<String> tables(Pattern statement, String sql) {
        return statement
                .matcher(sql)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static int version(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        assertThat(name.matches()).as("the name of %s", file).isTrue();
        return Integer.parseInt(name.group(1));
    }

    @Test
    void everyIndexIsOfATableThatItsMigrationCreates() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : files.toList()) {
                if (version(file) > LAST_INDEX_OF_EARLIER_TABLE) {
                    assertThat(indexedEarlierTables(Files.readString(file)))
                            .as("%s: nodes wait until the index of an earlier table is built", file)
                            .isEmpty();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE INDEX services_zone ON services (zone);",
                "CREATE UNIQUE INDEX IF NOT EXISTS services_zone ON services (zone);",
                "CREATE TABLE zones (id uuid);\nCREATE INDEX zones_id ON zones (id);\n"
                        + "CREATE INDEX CONCURRENTLY services_zone\n    ON services USING gin (zone);"
            })
    void indexesOfEarlierTablesAreRecognised(String sql) {
        assertThat(indexedEarlierTables(sql)).containsExactly("services");
    }

    @Test
    void everyContractionStatesTheSchemaVersionThatItNeeds() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                assertThat(name.matches()).as("the name of %s", file).isTrue();
                int version = Integer.parseInt(name.group(1));
                if (name.group(2) != null) {
                    assertThat(Integer.parseInt(name.group(2)))
                            .as("the schema version that %s needs", file)
                            .isLessThanOrEqualTo(version);
                } else if (version > FIRST_RELEASE) {
                    assertThat(isContraction(Files.readString(file)))
                            .as("%s takes something from older nodes: name it V…__…_needs_VERSION.sql", file)
                            .isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE services\n    DROP COLUMN host;",
                "DROP VIEW nodes;",
                "ALTER TABLE services RENAME TO apis;",
                "ALTER TABLE services ALTER COLUMN port TYPE text;",
                "ALTER TABLE services ALTER COLUMN host SET NOT NULL;",
                "ALTER TABLE services ADD COLUMN zone text NOT NULL;",
                "ALTER TABLE services ADD CONSTRAINT port_range CHECK (port < 65536);"
            })
    void contractionsAreRecognised(String sql) {
        assertThat(isContraction(sql)).isTrue();
    }

    @Test
    void expansionsAreRecognised() {
        assertThat(List.of(
                        "CREATE TABLE zones (id uuid PRIMARY KEY, name text NOT NULL);",
                        "ALTER TABLE services ADD COLUMN zone text, ADD COLUMN weight bigint NOT NULL DEFAULT 1;",
                        "CREATE INDEX services_zone ON services (zone); -- DROP TABLE services"))
                .noneMatch(MigrationFilesTest::isContraction);
    }
}
