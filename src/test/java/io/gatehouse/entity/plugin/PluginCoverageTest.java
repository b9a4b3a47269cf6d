package io.gatehouse.entity.plugin;

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

/** Checks that docs/reference/plugin-coverage.md has a row for each plugin, and that its tests exist. */
class PluginCoverageTest {
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9-]+)` \\|", Pattern.MULTILINE);
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)`");

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/reference/plugin-coverage.md"));
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    @Test
    void eachInstalledPluginHasARow() throws IOException {
        assertThat(found(ROW, page()))
                .containsExactlyInAnyOrderElementsOf(PluginSchemas.installed().stream()
                        .map(PluginSchema::name)
                        .toList());
    }

    @Test
    void eachRowNamesTestsThatExist() throws IOException {
        Set<String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
        assertThat(page().lines().filter(line -> line.startsWith("| `"))).allSatisfy(row -> {
            List<String> named = found(TEST, row.substring(row.lastIndexOf('|', row.length() - 2)));
            assertThat(named).as("tests of: %s", row).isNotEmpty();
            assertThat(tests).as("test classes").containsAll(named);
        });
    }
}
