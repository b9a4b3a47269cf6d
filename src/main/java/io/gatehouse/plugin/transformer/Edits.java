package io.gatehouse.plugin.transformer;

import io.gatehouse.schema.Document;
import io.gatehouse.syntax.Template;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lists the edits of one part of a message: its headers, its query or its body. They run in this order.
 *
 * @param replacements of values that exist
 * @param additions of values that do not exist
 * @param appended values of names with or without others
 */
record Edits(
        List<String> removals, List<Pair> renames, List<Pair> replacements, List<Pair> additions, List<Pair> appended) {

    /** Holds a name, and the text and template of its value, with the type of a JSON value. */
    record Pair(String name, String text, Template value, String type) {}

    /** Reads the edits of one part of requests, whose values are templates. */
    static Edits ofRequest(Document config, String part) {
        return of(config, part, null, Template::of);
    }

    /** Reads the edits of one part of responses, whose values are literals. */
    static Edits ofResponse(Document config, String part) {
        return of(config, part, "json_types", Template::literal);
    }

    private static Edits of(Document config, String part, @Nullable String types, Function<String, Template> template) {
        return new Edits(
                config.record("remove").strings(part),
                pairs(config.record("rename"), part, null, Template::literal),
                pairs(config.record("replace"), part, types, template),
                pairs(config.record("add"), part, types, template),
                pairs(config.record("append"), part, types, template));
    }

    private static List<Pair> pairs(
            Document record, String part, @Nullable String typesField, Function<String, Template> template) {
        List<String> types = typesField == null ? List.of() : record.strings(typesField);
        List<String> texts = record.strings(part);
        IntFunction<Pair> pair = i -> {
            String text = texts.get(i);
            int colon = text.indexOf(':');
            String value = text.substring(colon + 1);
            return new Pair(
                    text.substring(0, colon), value, template.apply(value), i < types.size() ? types.get(i) : "string");
        };
        return IntStream.range(0, texts.size()).mapToObj(pair).toList();
    }

    boolean isEmpty() {
        return removals.isEmpty()
                && renames.isEmpty()
                && replacements.isEmpty()
                && additions.isEmpty()
                && appended.isEmpty();
    }

    /** Whether an empty part gets a value. */
    boolean adds() {
        return !additions.isEmpty() || !appended.isEmpty();
    }
}
