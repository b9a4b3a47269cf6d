package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks that a migration that takes something from older nodes states which of them it leaves, that it locks one table of theirs, and
 * that no node waits for the index of a large table (docs/releasing.md#migrations).
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
    private static final Pattern INDEXED =
            Pattern.compile("(?i)\\bCREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+(?:CONCURRENTLY\\s+)?(?:IF\\s+NOT\\s+EXISTS\\s+)?"
                    + "\\w+\\s+ON\\s+(\\w+)");
    private static final Pattern COMMENT = Pattern.compile("--.*");
    private static final Pattern CREATED = Pattern.compile("(?i)\\bCREATE\\s+TABLE\\s+(\\w+)");
    /** A new index excludes writes. */
    private static final Pattern ALTERED =
            Pattern.compile("(?i)\\b(?:ALTER\\s+TABLE|CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+\\w+\\s+ON)\\s+(\\w+)");
    /** So does a new foreign key. */
    private static final Pattern REFERENCED = Pattern.compile("(?i)\\bREFERENCES\\s+(\\w+)");

    private static Set<String> tables(Pattern pattern, String sql) {
        return pattern.matcher(COMMENT.matcher(sql).replaceAll(""))
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The tables of older nodes that a migration changes and, if it changes one, those that it locks too. */
    private static Set<String> locked(String sql) {
        Set<String> locked = tables(ALTERED, sql);
        Set<String> created = tables(CREATED, sql);
        locked.removeAll(created);
        if (!locked.isEmpty()) {
            locked.addAll(tables(REFERENCED, sql));
            locked.removeAll(created);
        }
        return locked;
    }

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
    private static Set<String> indexedEarlierTables(String sql) {
        Set<String> indexed = tables(INDEXED, sql);
        indexed.removeAll(tables(CREATED, sql));
        return indexed;
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

    /** It would keep one locked while it waits for the other, and deadlock with a node that uses both in another order. */
    @Test
    void aMigrationLocksOneTableOfOlderNodes() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : files.toList()) {
                if (version(file) > FIRST_RELEASE) {
                    assertThat(locked(Files.readString(file)))
                            .as("the tables that %s locks: divide it, such as into V40__… and V40_1__…", file)
                            .hasSizeLessThanOrEqualTo(1);
                }
            }
        }
    }

    @Test
    void lockedTablesAreRecognised() {
        String zones = """
                CREATE TABLE zones (id uuid, one uuid REFERENCES services, two uuid REFERENCES routes);
                CREATE INDEX zones_id ON zones (id);
                """;
        assertThat(locked(zones)).isEmpty();
        assertThat(locked(zones + "ALTER TABLE\n    zones ADD COLUMN plugin_id uuid; -- ALTER TABLE consumers"))
                .isEmpty();
        assertThat(locked(zones + "ALTER TABLE plugins ADD COLUMN zone_id uuid REFERENCES zones;"))
                .containsExactly("plugins", "routes", "services");
        assertThat(locked("CREATE UNIQUE INDEX plugins_zone ON plugins (zone);"))
                .containsExactly("plugins");
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
