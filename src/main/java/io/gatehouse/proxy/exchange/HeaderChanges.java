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

    HeaderChanges hiding(String name) {
        List<String> more = new ArrayList<>(hidden);
        more.add(name);
        return new HeaderChanges(more, set);
    }

    HeaderChanges setting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(set);
        more.put(name, value);
        return new HeaderChanges(hidden, more);
    }
}
