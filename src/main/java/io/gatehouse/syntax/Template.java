package io.gatehouse.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a text with placeholders such as {@code $(headers.name)} (docs/reference/plugins.md#request-transformer).
 *
 * <p><i>Why</i>: Kong evaluates an expression of Lua. This is the part of it that names one value, with an optional literal for a
 * missing one, and the choice by which the Kong Ingress Controller writes a replaced prefix:
 * {@code $(uri_captures[1] == nil and "/" or "/" .. uri_captures[1])}.
 */
public final class Template {
    private static final List<String> SOURCES = List.of("headers", "query_params", "uri_captures", "shared");

    private static final String QUOTED = "(?:\"[^\"\\\\]*\"|'[^'\\\\]*')";
    private static final String REFERENCE = "[a-z_]+(?:\\.\\w+|\\[\\s*(?:\\d{1,2}|" + QUOTED + ")\\s*])";
    private static final String EITHER = "(?:" + REFERENCE + "|" + QUOTED + ")";
    private static final Pattern TERM = Pattern.compile(EITHER);
    private static final String TESTED = "(?<tested>" + REFERENCE + ")\\s*==\\s*nil";
    private static final String MISSING = "\\s+and\\s+(?<missing>" + QUOTED + ")";
    private static final String PRESENT = "\\s+or\\s+(?<present>" + EITHER + "(?:\\s*\\.\\.\\s*" + EITHER + ")*)";
    private static final Pattern CHOICE = Pattern.compile(TESTED + MISSING + PRESENT);
    /** The characters of the longest choice. The depth of the stack grows with the texts that it joins. */
    private static final int MAX_CHOICE = 512;

    private final List<Part> parts;

    private Template(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * Holds a literal text or a placeholder.
     *
     * @param source null for a literal
     * @param text the literal, or the name of the value
     * @param otherwise the text for a missing value
     * @param present what is written if the value exists; empty for the value itself
     */
    private record Part(@Nullable String source, String text, String otherwise, List<Part> present) {
        Part(@Nullable String source, String text, String otherwise) {
            this(source, text, otherwise, List.of());
        }
    }

    /** Supplies the values of one request. */
    public interface Values {
        /** Returns a value; null if it is missing. */
        @Nullable
        String value(String source, String name);
    }

    /** Returns the violation of a template; null if it is valid. */
    public static @Nullable String violation(String text) {
        try {
            of(text);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** Returns the template of a text without placeholders. */
    public static Template literal(String text) {
        return new Template(List.of(new Part(null, text, "")));
    }

    /** Parses a text. Throws {@link IllegalArgumentException} if a placeholder is none of those that are supported. */
    public static Template of(String text) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int start = text.indexOf("$(", at);
            if (start != at) {
                parts.add(new Part(null, text.substring(at, start < 0 ? text.length() : start), ""));
            }
            if (start < 0) {
                break;
            }
            int end = text.indexOf(')', start);
            String expression = end < 0 ? text.substring(start) : text.substring(start + 2, end);
            Part part = end < 0 ? null : placeholder(expression.strip());
            if (part == null) {
                throw new IllegalArgumentException("unsupported template '" + expression
                        + "': expected $(headers.NAME), $(query_params.NAME), $(uri_captures.NAME) or $(shared.NAME)");
            }
            parts.add(part);
            at = end + 1;
        }
        return new Template(parts);
    }

    private static @Nullable Part placeholder(String expression) {
        Matcher choice = CHOICE.matcher(expression);
        return expression.length() <= MAX_CHOICE && choice.matches() ? choice(choice) : reference(expression);
    }

    private static @Nullable Part choice(Matcher choice) {
        Part tested = reference(choice.group("tested"));
        String missing = quoted(choice.group("missing"));
        List<Part> present = new ArrayList<>();
        Matcher terms = TERM.matcher(choice.group("present"));
        while (terms.find()) {
            String literal = quoted(terms.group());
            Part term = literal == null ? reference(terms.group()) : new Part(null, literal, "");
            if (term == null) {
                return null;
            }
            present.add(term);
        }
        return tested == null || missing == null
                ? null
                : new Part(tested.source(), tested.text(), missing, List.copyOf(present));
    }

    private static @Nullable Part reference(String expression) {
        int or = expression.indexOf(" or ");
        String reference = or < 0 ? expression : expression.substring(0, or).strip();
        String otherwise = or < 0 ? "" : quoted(expression.substring(or + 4).strip());
        for (String source : SOURCES) {
            if (otherwise != null && reference.startsWith(source)) {
                String name = name(reference.substring(source.length()));
                return name == null ? null : new Part(source, name, otherwise);
            }
        }
        return null;
    }

    /** Returns the name in {@code .name}, {@code ["name"]} or {@code [1]}; null if it is malformed. */
    private static @Nullable String name(String access) {
        if (access.startsWith(".")) {
            String name = access.substring(1);
            boolean isName = !name.isEmpty()
                    && name.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || c == '_');
            return isName ? name : null;
        }
        if (!access.startsWith("[") || !access.endsWith("]")) {
            return null;
        }
        String inner = access.substring(1, access.length() - 1).strip();
        return inner.matches("\\d{1,2}") ? inner : quoted(inner);
    }

    private static @Nullable String quoted(String literal) {
        boolean isQuoted = literal.length() >= 2
                && (literal.charAt(0) == '"' || literal.charAt(0) == '\'')
                && literal.charAt(literal.length() - 1) == literal.charAt(0);
        String inner = isQuoted ? literal.substring(1, literal.length() - 1) : "";
        return isQuoted && inner.indexOf(literal.charAt(0)) < 0 && inner.indexOf('\\') < 0 ? inner : null;
    }

    /** Returns the text with the values of a request. A missing value is empty. */
    public String resolve(Values values) {
        if (parts.size() == 1 && parts.get(0).source() == null) {
            return parts.get(0).text();
        }
        StringBuilder text = new StringBuilder();
        append(parts, values, text);
        return text.toString();
    }

    private static void append(List<Part> parts, Values values, StringBuilder text) {
        for (Part part : parts) {
            String value = part.source() == null ? part.text() : value(part.source(), part.text(), values);
            if (value == null) {
                text.append(part.otherwise());
            } else if (part.present().isEmpty()) {
                text.append(value);
            } else {
                append(part.present(), values, text);
            }
        }
    }

    /**
     * As in Kong, an underscore stands for the hyphen, which a name after a dot cannot have. The name with the hyphen comes first: a
     * client could send both.
     */
    private static @Nullable String value(String source, String name, Values values) {
        String hyphened = source.equals("headers") ? name.replace('_', '-') : name;
        String value = values.value(source, hyphened);
        return value == null && !hyphened.equals(name) ? values.value(source, name) : value;
    }

    /** Whether a character outside of the placeholders matches. */
    public boolean anyLiteral(IntPredicate character) {
        return parts.stream()
                .anyMatch(part -> part.source() == null && part.text().chars().anyMatch(character));
    }
}
