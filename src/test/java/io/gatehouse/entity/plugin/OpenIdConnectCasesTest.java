package io.gatehouse.entity.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.schema.Field;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that docs/reference/openid-connect-cases.md has a row for each method, and that its tests and steps exist. */
class OpenIdConnectCasesTest {
    private static final Path PAGE = Path.of("docs/reference/openid-connect-cases.md");
    private static final Path STEPS = Path.of("src/test/interop/keycloak/check.py");
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)\\.([A-Za-z0-9_]+)`");

    /** Returns the cells of each row, without the heads of the tables. */
    private static List<List<String>> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| method "))
                .map(line -> Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    @Test
    void eachRowNamesTestsThatExist() throws IOException {
        Map<String, Path> classes;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            classes = files.filter(file -> file.toString().endsWith("Test.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            Function.identity(),
                            (first, second) -> first));
        }
        assertThat(rows()).isNotEmpty().allSatisfy(row -> {
            assertThat(row).hasSize(5);
            List<MatchResult> named = TEST.matcher(row.get(3)).results().toList();
            assertThat(named).as("tests of %s", row).isNotEmpty();
            for (MatchResult test : named) {
                assertThat(classes).containsKey(test.group(1));
                assertThat(Files.readString(Objects.requireNonNull(classes.get(test.group(1)))))
                        .contains("void " + test.group(2) + "(");
            }
        });
    }

    @Test
    void eachStepOfKeycloakExists() throws IOException {
        String steps = Files.readString(STEPS);
        assertThat(rows())
                .allSatisfy(row -> assertThat(row.get(4).split(", ", -1))
                        .allSatisfy(step -> assertThat(step.isEmpty() || steps.contains("\"" + step + "\": lambda: "))
                                .as("the step %s", step)
                                .isTrue()));
    }

    @Test
    void eachMethodHasARow() throws IOException {
        List<String> parts = rows().stream().map(row -> row.get(0)).toList();
        Field methods = PluginSchemas.installed().stream()
                .filter(plugin -> plugin.name().equals("openid-connect"))
                .flatMap(plugin -> plugin.configFields().stream())
                .filter(field -> field.name().equals("auth_methods"))
                .findFirst()
                .orElseThrow();
        Object allowed = methods.elements().orElseThrow().describe().get("one_of");
        assertThat((List<?>) allowed)
                .isNotEmpty()
                .allSatisfy(method -> assertThat(parts).contains("`" + method + "`"));
    }
}
