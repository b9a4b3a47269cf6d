package io.gatehouse.schema;

import java.util.Locale;

/** The types a field can have, in Kong's words. */
public enum FieldType {
    STRING("a string"),
    INTEGER("an integer"),
    NUMBER("a number"),
    BOOLEAN("a boolean"),
    ARRAY("an array"),
    SET("a set"),
    MAP("a map"),
    RECORD("a record"),
    /** A reference to another entity, written {@code {"id": "…"}}. */
    FOREIGN("a record");

    private final String words;

    FieldType(String words) {
        this.words = words;
    }

    /** The violation of a value of another type, such as {@code expected a string}. */
    String expected() {
        return "expected " + words;
    }

    /** The type's name in {@code /schemas}. */
    String schemaName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
