package io.gatehouse.plugin.proxycache;

import io.gatehouse.syntax.form.PercentEncoding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the part of a key that stands for the query.
 *
 * <p>It consists of the pairs as their bytes are: an upstream may decode them in another way than the gateway. Their order is that of
 * their names, because it rarely matters, unless two names may be the same to an upstream: then the first or the last one counts.
 */
final class QueryKey {
    private QueryKey() {}

    /** {@code name} is decoded and in lower case. */
    private record Pair(String name, String octets) {}

    /**
     * Returns the text for all pairs, or for those that {@code listed} names, if it names some. Returns null if a pair that is not
     * listed could be one of those to an upstream.
     */
    static @Nullable String of(@Nullable String query, Set<String> listed) {
        if (query == null || query.isEmpty()) {
            return "";
        }
        List<Pair> pairs = pairs(query);
        if (listed.isEmpty()) {
            return pairs == null ? query : joined(pairs);
        }
        // Some upstreams read a semicolon as a separator.
        if (pairs == null || query.indexOf(';') >= 0) {
            return null;
        }
        Set<String> names = new HashSet<>();
        listed.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        pairs.removeIf(pair -> !names.contains(pair.name()));
        return joined(pairs);
    }

    /** Returns the pairs in their order; null if a name is not text. */
    private static @Nullable List<Pair> pairs(String query) {
        List<Pair> pairs = new ArrayList<>();
        for (String octets : query.split("&", -1)) {
            int equals = octets.indexOf('=');
            String encoded = equals < 0 ? octets : octets.substring(0, equals);
            Optional<String> name = PercentEncoding.strict(encoded.replace('+', ' '));
            if (name.isEmpty()) {
                return null;
            }
            pairs.add(new Pair(name.get().toLowerCase(Locale.ROOT), octets));
        }
        return pairs;
    }

    private static String joined(List<Pair> pairs) {
        Set<String> names = new HashSet<>();
        if (pairs.stream().allMatch(pair -> names.add(pair.name()))) {
            pairs.sort(Comparator.comparing(Pair::name));
        }
        List<String> octets = pairs.stream().map(Pair::octets).toList();
        return String.join("&", octets);
    }
}
