package io.gatehouse.entity.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import io.gatehouse.syntax.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compares the reference of the plugins with their schemas. */
class PluginReferenceTest {
    private static final Path REFERENCE = Path.of("docs/reference/plugin-fields.md");
    /** The reference as the schemas state it, to be copied if the test fails. */
    private static final Path GENERATED = Path.of("target/plugin-fields.md");

    private static final String HEAD = """
            # Fields of the plugins

            One table for each plugin: every field of `config`, with its constraints by the names of `GET /schemas/plugins/{name}`. A
            field without a default is null if the request omits it. [plugins.md](plugins.md) describes what the plugins do.
            """;

    @Test
    void theReferenceListsEachFieldOfEachPlugin() throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        PluginSchemas.installed().forEach(plugin -> page.append(section(plugin)));
        Files.createDirectories(GENERATED.getParent());
        Files.writeString(GENERATED, page);

        assertThat(REFERENCE).as("copy %s to %s", GENERATED, REFERENCE).hasSameTextualContentAs(GENERATED);
    }

    @Test
    void theListOfPluginsNamesEachPluginWithItsPriority() throws IOException {
        String page = Files.readString(Path.of("docs/reference/plugins.md"));
        for (PluginSchema plugin : PluginSchemas.installed()) {
            assertThat(page)
                    .containsPattern("\n\\| \\[`" + plugin.name() + "`]\\([^)]+\\) \\| " + plugin.priority() + " \\| ");
        }
    }

    private static String section(PluginSchema plugin) {
        StringBuilder section = new StringBuilder(
                "\n## " + plugin.name() + "\n\n| field | type | default | constraints |\n| --- | --- | --- | --- |\n");
        plugin.configFields().forEach(field -> rows("", field).forEach(section::append));
        return section.toString();
    }

    private static List<String> rows(String parent, Field field) {
        if (field.isHidden()) {
            return List.of();
        }
        String name = parent + field.name();
        List<String> rows = new ArrayList<>();
        rows.add("| `%s` | %s | %s | %s |\n"
                .formatted(name, type(field), value(field.describe().get("default")), constraints(field)));
        field.fields().forEach(nested -> rows.addAll(rows(name + ".", nested)));
        String marker = field.type() == FieldType.MAP ? ".*." : "[].";
        field.elements()
                .map(Field::fields)
                .orElse(List.of())
                .forEach(nested -> rows.addAll(rows(name + marker, nested)));
        return rows;
    }

    private static String type(Field field) {
        String type = String.valueOf(field.describe().get("type"));
        return field.elements().map(element -> type + " of " + type(element)).orElse(type);
    }

    private static String constraints(Field field) {
        List<String> texts = new ArrayList<>(attributes(field));
        field.elements()
                .map(PluginReferenceTest::attributes)
                .orElse(List.of())
                .forEach(text -> texts.add("each " + text));
        return String.join(", ", texts);
    }

    private static List<String> attributes(Field field) {
        Map<String, Object> attributes = new LinkedHashMap<>(field.describe());
        attributes
                .keySet()
                .removeAll(List.of("type", "default", "fields", "elements", "keys", "values", "entity_checks"));
        List<String> texts = new ArrayList<>();
        attributes.forEach((name, value) -> texts.add(
                Boolean.TRUE.equals(value) ? name.replace('_', ' ') : name.replace('_', ' ') + " " + value(value)));
        return texts;
    }

    private static String value(@Nullable Object value) {
        return value == null ? "" : "`" + Json.write(value).replace("|", "\\|") + "`";
    }
}
