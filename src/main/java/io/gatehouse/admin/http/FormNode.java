package io.gatehouse.admin.http;

import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import io.gatehouse.syntax.form.FormPair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds the tree of field names such as {@code config.scopes[1]}, and converts its texts by a schema. A node has texts, children,
 * or both.
 */
public final class FormNode {
    private static final int MAX_DEPTH = 16;
    private static final Pattern INDEX = Pattern.compile("\\[\\d{0,9}]");
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,18}");
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(?:\\.\\d{1,30})?(?:[eE][+-]?\\d{1,3})?");

    private final List<String> texts = new ArrayList<>();
    private final Map<String, FormNode> children = new LinkedHashMap<>();

    /** Builds the tree; empty if a name nests deeper than any entity. */
    public static Optional<FormNode> of(List<FormPair> pairs) {
        FormNode root = new FormNode();
        for (FormPair pair : pairs) {
            List<String> path = path(pair.name());
            if (path.size() > MAX_DEPTH) {
                return Optional.empty();
            }
            FormNode node = root;
            for (String step : path) {
                node = node.children.computeIfAbsent(step, name -> new FormNode());
            }
            node.texts.add(pair.value());
        }
        return Optional.of(root);
    }

    /** Splits a name. {@code a.b[1]} and {@code a[b][1]} both become {@code a, b, [1]}; an index keeps its brackets. */
    private static List<String> path(String name) {
        List<String> path = new ArrayList<>();
        for (String step : name.split("\\.", MAX_DEPTH + 2)) {
            int bracket = step.indexOf('[');
            if (bracket < 0 || !step.endsWith("]")) {
                path.add(step);
                continue;
            }
            if (bracket > 0) {
                path.add(step.substring(0, bracket));
            }
            for (String part : step.substring(bracket + 1, step.length() - 1).split("]\\[", MAX_DEPTH + 2)) {
                path.add(part.isEmpty() || part.chars().allMatch(Character::isDigit) ? "[" + part + "]" : part);
            }
        }
        return path;
    }

    /** Returns the names of the children. */
    Set<String> names() {
        return children.keySet();
    }

    /** Returns the first text of a child. */
    public Optional<String> text(String child) {
        FormNode node = children.get(child);
        return node == null ? Optional.empty() : node.texts.stream().findFirst();
    }

    /**
     * Converts the children by their fields.
     *
     * @throws AdminException if the form contradicts itself
     */
    public Map<String, @Nullable Object> record(List<Field> fields) {
        Map<String, @Nullable Object> record = new LinkedHashMap<>();
        children.forEach((name, child) -> {
            Field field = fields.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElse(null);
            child.requireOneValue(name, field);
            record.put(name, child.value(field));
        });
        return record;
    }

    /** Rejects a field with a text and members, such as {@code a=x&a.id=y}. A list has its texts and its members. */
    private void requireOneValue(String name, @Nullable Field field) {
        boolean isList = field != null && (field.type() == FieldType.ARRAY || field.type() == FieldType.SET);
        if (!isList && !texts.isEmpty() && !children.isEmpty()) {
            throw contradiction(name);
        }
    }

    private static AdminException contradiction(String name) {
        return AdminError.BAD_REQUEST.exception("the form has contradicting values of '" + name + "'");
    }

    /** Converts this node. A text that does not fit its field remains a text, and the schema rejects it. */
    private @Nullable Object value(@Nullable Field field) {
        if (field == null) {
            return children.isEmpty() ? onlyText() : record(List.of());
        }
        return switch (field.type()) {
            case ARRAY, SET -> list(field);
            case RECORD -> children.isEmpty() ? onlyText() : record(field.fields());
            case FOREIGN -> children.isEmpty() ? onlyText() : record(List.of());
            case MAP -> children.isEmpty() ? onlyText() : map(field);
            default -> children.isEmpty() ? scalar(field, onlyText()) : record(List.of());
        };
    }

    private @Nullable Object map(Field field) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        Field element = field.elements().orElse(null);
        children.forEach((name, child) -> {
            child.requireOneValue(name, element);
            map.put(name, child.value(element));
        });
        return map;
    }

    private @Nullable Object list(Field field) {
        boolean indexed =
                children.keySet().stream().allMatch(name -> INDEX.matcher(name).matches());
        if (!indexed) {
            return record(List.of());
        }
        if (children.isEmpty() && onlyText() == null) {
            return null;
        }
        Field element = field.elements().orElse(null);
        List<@Nullable Object> list = new ArrayList<>();
        texts.forEach(text -> list.add(element == null ? text : scalar(element, text)));
        children.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparingInt(FormNode::index)))
                .forEach(entry -> entry.getValue().addTo(list, entry.getKey(), element));
        return list;
    }

    /** Adds the elements of this node; {@code []} has one for each text. */
    private void addTo(List<@Nullable Object> list, String index, @Nullable Field element) {
        requireOneValue(index, element);
        if (texts.size() > 1 && !index.equals("[]")) {
            throw contradiction(index);
        }
        if (children.isEmpty()) {
            texts.forEach(text -> list.add(element == null ? text : scalar(element, text)));
        } else {
            list.add(value(element));
        }
    }

    /** Returns 12 for {@code [12]}; {@code []} sorts last. */
    private static int index(String name) {
        return name.length() == 2 ? Integer.MAX_VALUE : Integer.parseInt(name.substring(1, name.length() - 1));
    }

    /** Returns the text; null if it is empty, a list if it is repeated. */
    private @Nullable Object onlyText() {
        if (texts.size() > 1) {
            return new ArrayList<>(texts);
        }
        return texts.isEmpty() || texts.get(0).isEmpty() ? null : texts.get(0);
    }

    private static @Nullable Object scalar(Field field, @Nullable Object value) {
        if (!(value instanceof String text)) {
            return value;
        }
        return switch (field.type()) {
            case BOOLEAN -> text.equals("true") ? (Object) true : text.equals("false") ? (Object) false : text;
            case INTEGER, NUMBER -> {
                if (INTEGER.matcher(text).matches()) {
                    yield Long.valueOf(text);
                }
                yield NUMBER.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
            }
            default -> text;
        };
    }
}
