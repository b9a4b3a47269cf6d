package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Checks that each Java block of docs/how-to/writing-a-plugin.md is a part of the file that it names. */
class WritingAPluginTest {
    private static final Path PAGE = Path.of("docs/how-to/writing-a-plugin.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
    private static final Pattern SOURCE = Pattern.compile("// (src/\\S+\\.java)");

    private static List<String> blocks() throws IOException {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** The lines that say something, without indentation and imports. */
    private static String essence(String java) {
        StringBuilder lines = new StringBuilder("\n");
        java.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("import "))
                .forEach(line -> lines.append(line).append('\n'));
        return lines.toString();
    }

    @TestFactory
    List<DynamicTest> aBlockIsARegionOfTheFileItNames() throws IOException {
        return blocks().stream()
                .map(block -> {
                    String first = block.lines().findFirst().orElse("");
                    return DynamicTest.dynamicTest(first, () -> {
                        Matcher source = SOURCE.matcher(first);
                        assertThat(source.matches())
                                .as("names its file: %s", block)
                                .isTrue();
                        String shown = essence(block.substring(first.length()));
                        assertThat(shown).isNotEqualTo(essence(""));
                        assertThat(essence(Files.readString(Path.of(source.group(1)))))
                                .contains(shown);
                    });
                })
                .toList();
    }

    @Test
    void thePageShowsTheWholePlugin() throws IOException {
        String page = String.join("", blocks());
        try (var files = Files.list(Path.of("src/main/java/io/gatehouse/plugin/correlationid"))) {
            assertThat(files.map(path -> path.toString().replace('\\', '/'))
                            .filter(path -> !path.endsWith("package-info.java")))
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(page).contains("// " + path + "\n"));
        }
    }
}
