package io.gatehouse.schema;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds a record whose fields have been checked one by one, for the checks of several fields.
 *
 * @param document the values: of a valid field in the normal form, of an invalid one as the client sent it
 * @param violations of single fields, in the shape of the record
 */
public record Candidate(Document document, Map<String, Object> violations) {

    /** Returns whether a field is valid. A dot in its name separates the fields of nested records. */
    boolean isValid(String path) {
        Object violation = violations;
        for (String name : path.split("\\.", -1)) {
            if (!(violation instanceof Map<?, ?> nested)) {
                break;
            }
            violation = nested.get(name);
        }
        return violation == null;
    }

    /** Returns the values without that of a field. */
    Document without(String path) {
        return new Document(without(document.values(), path));
    }

    private static Map<String, @Nullable Object> without(Map<?, ?> values, String path) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        values.forEach((name, value) -> rest.put((String) name, value));
        int dot = path.indexOf('.');
        if (dot < 0) {
            rest.put(path, null);
        } else if (rest.get(path.substring(0, dot)) instanceof Map<?, ?> nested) {
            rest.put(path.substring(0, dot), without(nested, path.substring(dot + 1)));
        }
        return rest;
    }
}
