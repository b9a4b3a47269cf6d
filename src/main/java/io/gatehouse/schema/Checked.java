package io.gatehouse.schema;

import org.jspecify.annotations.Nullable;

/**
 * Holds the result of checking a value.
 *
 * @param value the value in its normal form: integers as {@code Long}, sets without duplicates, records with every field. An
 *     invalid value has one if it is a record or of the right type
 * @param violation null if the value is valid; otherwise a text, or texts in maps and lists of the value's own shape
 */
record Checked(@Nullable Object value, @Nullable Object violation) {
    static Checked good(@Nullable Object value) {
        return new Checked(value, null);
    }

    static Checked bad(Object violation) {
        return new Checked(null, violation);
    }
}
