package io.gatehouse.declarative;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.gatehouse.entity.DefaultWorkspace;
import io.gatehouse.schema.CommonFields;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/** Parses and writes files in decK's format (docs/reference/deck.md#example). */
final class StateFile {
    static final String VERSION = "_format_version";
    private static final String INFO = "_info";
    private static final String SELECT_TAGS = "select_tags";
    private static final String LOOKUP_TAGS = "default_lookup_tags";
    private static final String DEFAULTS = "defaults";
    private static final String WORKSPACE = "_workspace";
    private static final String TRANSFORM = "_transform";

    /** Begins a template. */
    private static final String TEMPLATE = "${{";

    private static final Set<String> MEMBERS = Set.of(VERSION, INFO, WORKSPACE, TRANSFORM, "_comment", "_ignore");

    private static final int MAX_CHARACTERS = 100 * 1024 * 1024;
    private static final int MAX_DEPTH = 50;

    private static final TypeReference<@Nullable Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .loaderOptions(limits())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Of a member without a value. A text in quotes stays.
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
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
        requireSupported(state);
        requireNoTemplate("", state);
        return state;
    }

    /**
     * Rejects a template such as <code>${{ env "DECK_SECRET" }}</code>, which decK evaluates before it reads a file.
     *
     * <p><i>Why</i>: in place of a secret, its text would be the secret, and easy to guess.
     *
     * @param path of the value in the file; empty for the file itself
     */
    private static void requireNoTemplate(String path, @Nullable Object value) throws StateException {
        if (value instanceof String text && text.contains(TEMPLATE)) {
            throw new StateException(path + " has a template of decK, which is not evaluated");
        }
        String prefix = path.isEmpty() ? "" : path + ".";
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                requireNoTemplate(prefix + member.getKey(), member.getValue());
            }
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                requireNoTemplate(prefix + (i + 1), list.get(i));
            }
        }
    }

    /**
     * Rejects a member that states which entities the file covers, or what they contain, and that an import cannot follow.
     *
     * <p><i>Why</i>: an import deletes each entity that the file covers and does not contain.
     */
    private static void requireSupported(Map<String, @Nullable Object> state) throws StateException {
        for (String member : state.keySet()) {
            if (member.startsWith("_") && !MEMBERS.contains(member)) {
                throw unsupported(member);
            }
        }
        Object workspace = state.get(WORKSPACE);
        if (workspace != null && !workspace.equals(DefaultWorkspace.NAME)) {
            throw new StateException(WORKSPACE + " must be \"" + DefaultWorkspace.NAME + "\": there is no other");
        }
        Object transform = state.get(TRANSFORM);
        if (transform != null && !Boolean.TRUE.equals(transform)) {
            throw new StateException(TRANSFORM + " must be true: each password of the file is hashed");
        }
        Object info = state.get(INFO);
        if (info instanceof Map<?, ?> members) {
            for (Map.Entry<?, ?> member : members.entrySet()) {
                requireSupportedInfo(String.valueOf(member.getKey()), member.getValue());
            }
        } else if (info != null) {
            throw new StateException(INFO + " must have members");
        }
    }

    private static void requireSupportedInfo(String member, @Nullable Object value) throws StateException {
        switch (member) {
            case SELECT_TAGS -> {
                boolean isTags = value instanceof List<?> tags
                        && !tags.isEmpty()
                        && CommonFields.tags().accepts(tags);
                if (!isTags) {
                    throw new StateException(INFO + "." + SELECT_TAGS + " must be a list of tags");
                }
            }
            case DEFAULTS -> {
                boolean isEmpty = value == null || (value instanceof Map<?, ?> defaults && defaults.isEmpty());
                if (!isEmpty) {
                    throw unsupported(INFO + "." + DEFAULTS);
                }
            }
            case LOOKUP_TAGS -> {
                // Each reference has to be to an entity with the select tags, or it is an error.
            }
            default -> throw unsupported(INFO + "." + member);
        }
    }

    private static StateException unsupported(String member) {
        return new StateException("'" + member + "' is not supported");
    }

    /** Returns the tags of the entities that the file covers; empty if it covers all. */
    static List<String> selectTags(Map<String, @Nullable Object> state) {
        return state.get(INFO) instanceof Map<?, ?> info && info.get(SELECT_TAGS) instanceof List<?> tags
                ? tags.stream().map(String::valueOf).toList()
                : List.of();
    }

    static String write(Map<String, @Nullable Object> state) {
        try {
            return YAML.writeValueAsString(state);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a state consists of plain values", e);
        }
    }
}
