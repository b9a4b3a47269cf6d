package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.head.HeaderNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The changes of plugins to the headers of the forwarded request, usually none or one.
 *
 * @param hidden names of headers that are not forwarded
 * @param set headers that replace the client's
 * @param selecting those of {@code set} by which an upstream may select a response: all but the ids of the request
 * @param overIdentity names of headers whose changes precede the identity of the caller
 */
public record HeaderChanges(
        List<String> hidden, Map<String, String> set, Map<String, String> selecting, List<String> overIdentity) {
    static final HeaderChanges NONE = new HeaderChanges(List.of(), Map.of(), Map.of(), List.of());

    /** Returns the values of a header after the changes, of those that the client sent. */
    List<String> values(String name, List<String> sent) {
        for (Map.Entry<String, String> header : set.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return List.of(header.getValue());
            }
        }
        return hidden.stream().anyMatch(name::equalsIgnoreCase) ? List.of() : sent;
    }

    /** Whether an upstream could take the client's field for one that plugins hide or set. */
    public boolean replace(CharSequence name) {
        for (String hiddenName : hidden) {
            if (HeaderNames.areAlike(hiddenName, name)) {
                return true;
            }
        }
        if (set.isEmpty()) {
            return false;
        }
        for (String setName : set.keySet()) {
            if (HeaderNames.areAlike(setName, name)) {
                return true;
            }
        }
        return false;
    }

    HeaderChanges hiding(String name) {
        return new HeaderChanges(with(hidden, name), without(set, name), without(selecting, name), overIdentity);
    }

    HeaderChanges setting(String name, String value) {
        return new HeaderChanges(hidden, with(set, name, value), with(selecting, name, value), overIdentity);
    }

    HeaderChanges identifying(String name, String value) {
        return new HeaderChanges(hidden, with(set, name, value), without(selecting, name), overIdentity);
    }

    HeaderChanges overridingIdentity(String name) {
        return new HeaderChanges(hidden, set, selecting, with(overIdentity, name));
    }

    private static List<String> with(List<String> names, String name) {
        List<String> more = new ArrayList<>(names);
        more.add(name);
        return more;
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> more = without(headers, name);
        more.put(name, value);
        return more;
    }

    private static Map<String, String> without(Map<String, String> headers, String name) {
        Map<String, String> rest = new LinkedHashMap<>(headers);
        rest.keySet().removeIf(name::equalsIgnoreCase);
        return rest;
    }
}
