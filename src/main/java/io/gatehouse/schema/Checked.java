package io.gatehouse.schema;

import org.jspecify.annotations.Nullable;

/**
 * What checking a value gave.
 *
 * @param value the value in its normal form: integers as {@code Long}, sets without doubles, records with every field
 * @param violation null when the value is good; else a text, or texts in maps and lists of the value's own shape
 */
record Checked(@Nullable Object value, @Nullable Object violation) {
    static Checked good(@Nullable Object value) {
        return new Checked(value, null);
    }

    static Checked bad(Object violation) {
        return new Checked(null, violation);
    }
}
