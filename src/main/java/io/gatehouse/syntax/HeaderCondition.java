package io.gatehouse.syntax;

import com.google.re2j.Pattern;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Matches one of a route's {@code headers}: one value of the request's header must be one of the accepted values. */
public final class HeaderCondition {

    private static final String REGEX_MARK = "~*";

    private final String name;
    private final Set<String> values;
    private final List<Pattern> regexes;

    private HeaderCondition(String name, Set<String> values, List<Pattern> regexes) {
        this.name = name;
        this.values = values;
        this.regexes = regexes;
    }

    public static HeaderCondition of(String name, List<String> accepted) {
        Set<String> values = new HashSet<>();
        for (String value : accepted) {
            // The text of the expression is accepted as a plain value too, as in Kong.
            values.add(value.toLowerCase(Locale.ROOT));
        }
        List<Pattern> regexes = accepted.stream()
                .filter(value -> value.startsWith(REGEX_MARK))
                .map(value -> OperatorRegex.compile(value.substring(REGEX_MARK.length()), Pattern.CASE_INSENSITIVE))
                .toList();
        return new HeaderCondition(name, Set.copyOf(values), regexes);
    }

    /** Returns the name of the header. */
    public String name() {
        return name;
    }

    /** Whether one of the header's values is accepted. */
    public boolean matches(List<String> actual) {
        for (int i = 0; i < actual.size(); i++) {
            if (accepts(actual.get(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean accepts(String octets) {
        String value = HeaderValue.text(octets);
        if (values.contains(value.toLowerCase(Locale.ROOT))) {
            return true;
        }
        for (int i = 0; i < regexes.size(); i++) {
            // Matches anywhere in the value, as in Kong. Expressions of paths are anchored, those of headers are not.
            if (regexes.get(i).matcher(value).find()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the violation of a configured value; null if it is valid. */
    static @Nullable String violation(String value) {
        return value.startsWith(REGEX_MARK) ? OperatorRegex.violation(value.substring(REGEX_MARK.length())) : null;
    }
}
