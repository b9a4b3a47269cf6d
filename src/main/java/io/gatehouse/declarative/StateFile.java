package io.gatehouse.declarative;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/** Parses and writes files in decK's format (docs/reference/deck.md#example). */
final class StateFile {
    static final String VERSION = "_format_version";
    static final String INFO = "_info";
    private static final int MAX_CHARACTERS = 100 * 1024 * 1024;
    private static final int MAX_DEPTH = 50;

    private static final TypeReference<@Nullable Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .loaderOptions(limits())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build());

    private StateFile() {}

    /** Limits the memory that parsing any file uses. */
    private static LoaderOptions limits() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_DEPTH);
        return options;
    }

    static Map<String, @Nullable Object> parse(String text) throws StateException {
        Map<String, @Nullable Object> state;
        try {
            state = YAML.readValue(text, OBJECT);
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw new StateException("not valid YAML" + where + ": "
                    + String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " "));
        }
        if (state == null) {
            throw new StateException("the file is empty");
        }
        if (!(state.get(VERSION) instanceof String version) || !version.startsWith("3.")) {
            throw new StateException(VERSION + " must be \"3.0\"");
        }
        return state;
    }

    /** Returns the tags of the entities that the file covers; empty if it covers all. */
    static List<String> selectTags(Map<String, @Nullable Object> state) {
        return state.get(INFO) instanceof Map<?, ?> info && info.get("select_tags") instanceof List<?> tags
                ? tags.stream().map(String::valueOf).toList()
                : List.of();
    }

    static String write(Map<String, Object> state) {
        try {
            return YAML.writeValueAsString(state);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a state consists of plain values", e);
        }
    }
}
