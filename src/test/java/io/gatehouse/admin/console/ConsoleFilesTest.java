package io.gatehouse.admin.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the list of the console's files, and rules for its scripts that a browser does not check. */
class ConsoleFilesTest {
    private static final Path SOURCES = Path.of("src/main/resources/console");
    private static final Pattern IMPORT = Pattern.compile("\\bfrom \"([^\"]+)\"|\\bimport \"([^\"]+)\"");

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES.resolve("assets"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> SOURCES.relativize(file).toString())
                    .toList();
        }
    }

    private static List<String> scripts() throws IOException {
        return sources().stream().filter(name -> name.endsWith(".js")).toList();
    }

    @Test
    void theListHasEveryFileAndTheLibrary() throws IOException {
        Map<String, ConsoleFile> served = ConsoleFiles.read();
        assertThat(served.keySet())
                .containsAll(sources())
                .hasSize(sources().size() + 1)
                .contains("assets/lib/preact.js");
    }

    @Test
    void everyImportNamesAServedFile() throws IOException {
        Map<String, ConsoleFile> served = ConsoleFiles.read();
        for (String script : scripts()) {
            List<String> imported = IMPORT.matcher(Files.readString(SOURCES.resolve(script)))
                    .results()
                    .map((MatchResult match) -> match.group(1) == null ? match.group(2) : match.group(1))
                    .map(name ->
                            Path.of(script).resolveSibling(name).normalize().toString())
                    .toList();
            assertThat(served.keySet()).as("imports of %s", script).containsAll(imported);
        }
    }

    @Test
    void everyScriptIsOfReadableSizeAndWritesTextAsText() throws IOException {
        for (String script : scripts()) {
            String text = Files.readString(SOURCES.resolve(script));
            assertThat(text.lines().count()).as(script).isLessThanOrEqualTo(300);
            assertThat(text)
                    .as(script)
                    .doesNotContain("innerHTML")
                    .doesNotContain("outerHTML")
                    .doesNotContain("insertAdjacentHTML")
                    .doesNotContain("document.write")
                    .doesNotContain("localStorage")
                    .doesNotContain("eval(");
        }
    }

    @Test
    void aScriptLoadsNothingFromAnotherOrigin() throws IOException {
        for (String file : sources()) {
            // The namespace of SVG is a name, and hosts below .example are examples.
            String text = Files.readString(SOURCES.resolve(file)).replace("http://www.w3.org/2000/svg", "");
            assertThat(text).as(file).doesNotContainPattern("[\"'(]https?://(?!\\w+\\.example)");
        }
    }
}
