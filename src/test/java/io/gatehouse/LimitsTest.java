package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that each limit of docs/reference/limits.md and docs/reference/oauth2.md names a test, and that the test exists. */
class LimitsTest {
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*(?:Test|IT))`");

    private static Set<String> tests() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }

    /** Returns the rows of the tables whose last column names tests, without their heads. */
    private static List<String> rows(String page) throws IOException {
        List<String> rows = new ArrayList<>();
        boolean isShown = false;
        for (String line : Files.readAllLines(Path.of("docs/reference", page))) {
            if (line.startsWith("| what | limit |")) {
                isShown = true;
            } else if (!line.startsWith("|")) {
                isShown = false;
            } else if (isShown && !line.startsWith("| ---")) {
                rows.add(line);
            }
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"limits.md", "oauth2.md"})
    void eachLimitNamesATestThatExists(String page) throws IOException {
        Set<String> tests = tests();
        assertThat(rows(page)).isNotEmpty().allSatisfy(row -> {
            String last = row.substring(row.lastIndexOf('|', row.length() - 2));
            List<String> named = TEST.matcher(last)
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .toList();
            assertThat(named).as("tests of: %s", row).isNotEmpty();
            assertThat(tests).as("test classes").containsAll(named);
        });
    }
}
