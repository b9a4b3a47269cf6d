package io.gatehouse.proxy.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The changes of plugins to the headers of the forwarded request, usually none or one.
 *
 * @param hidden names of headers that are not forwarded
 * @param set headers that replace the client's
 */
public record HeaderChanges(List<String> hidden, Map<String, String> set) {
    static final HeaderChanges NONE = new HeaderChanges(List.of(), Map.of());

    /** Returns the values of a header after the changes, of those that the client sent. */
    List<String> values(String name, List<String> sent) {
        for (Map.Entry<String, String> header : set.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return List.of(header.getValue());
            }
        }
        return hidden.stream().anyMatch(name::equalsIgnoreCase) ? List.of() : sent;
    }

    HeaderChanges hiding(String name) {
        List<String> more = new ArrayList<>(hidden);
        more.add(name);
        Map<String, String> rest = new LinkedHashMap<>(set);
        rest.keySet().removeIf(name::equalsIgnoreCase);
        return new HeaderChanges(more, rest);
    }

    HeaderChanges setting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(set);
        more.keySet().removeIf(name::equalsIgnoreCase);
        more.put(name, value);
        return new HeaderChanges(hidden, more);
    }
}
