package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that each limit of docs/reference/limits.md names a test, and that the test exists. */
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

    /** Returns the rows of all tables, without their heads. */
    private static List<String> rows() throws IOException {
        return Files.readAllLines(Path.of("docs/reference/limits.md")).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| what |"))
                .toList();
    }

    @Test
    void eachLimitNamesATestThatExists() throws IOException {
        Set<String> tests = tests();
        assertThat(rows()).isNotEmpty().allSatisfy(row -> {
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
