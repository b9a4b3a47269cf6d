package io.gatehouse.plugin.openidconnect;

import io.gatehouse.schema.Document;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Requires values of a claim.
 *
 * @param alternatives one of which has to be satisfied, with all of its values. Nothing is required without any
 * @param isList whether a text is a list of words, as a scope is (RFC 6749 §3.3); an audience is one value (RFC 7519 §4.1.3)
 */
record RequiredClaim(ClaimPath claim, List<Set<String>> alternatives, boolean isList) {

    /** Reads {@code NAME_claim} and {@code NAME_required}. A blank in an element separates values that are required together. */
    static RequiredClaim of(Document config, String name) {
        return new RequiredClaim(
                ClaimPath.of(config, name + "_claim"),
                config.strings(name + "_required").stream()
                        .map(RequiredClaim::words)
                        .toList(),
                name.equals("scopes"));
    }

    boolean isSatisfied(Map<String, Object> claims) {
        Set<String> values = values(claim.value(claims));
        return alternatives.stream().anyMatch(values::containsAll);
    }

    private Set<String> values(@Nullable Object found) {
        if (found instanceof String text) {
            return isList ? words(text) : Set.of(text);
        }
        return found instanceof Collection<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.toSet())
                : Set.of();
    }

    private static Set<String> words(String text) {
        return Stream.of(text.split("\\s+", -1)).filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }
}
