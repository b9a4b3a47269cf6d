package io.gatehouse.schema;

import java.util.Locale;

/** Lists the types of fields with Kong's names. */
public enum FieldType {
    STRING("a string"),
    INTEGER("an integer"),
    NUMBER("a number"),
    BOOLEAN("a boolean"),
    ARRAY("an array"),
    SET("a set"),
    MAP("a map"),
    RECORD("a record"),
    /** References another entity as {@code {"id": "…"}}. */
    FOREIGN("a record");

    private final String words;

    FieldType(String words) {
        this.words = words;
    }

    /** Returns the violation of a value of another type, such as {@code expected a string}. */
    String expected() {
        return "expected " + words;
    }

    /** Returns the type's name in {@code /schemas}. */
    String schemaName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
