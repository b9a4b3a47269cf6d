package io.gatehouse.schema;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Declares how the value of a field is written, stored and shown, beside the constraints of the value itself.
 *
 * <p><i>Invariant</i>: immutable. Each method that adds a trait returns a new field.
 */
abstract sealed class FieldTraits extends FieldConstraints permits Field {
    FieldTraits(Map<String, Object> attributes, List<Function<Object, @Nullable Object>> checks) {
        super(attributes, checks);
    }

    /** The value is a time in seconds since the epoch. */
    public Field timestamp() {
        return with("timestamp", true);
    }

    /** The value can be a reference to a secret in a vault ({@code io.gatehouse.syntax.VaultReference}). */
    public Field referenceable() {
        return with("referenceable", true);
    }

    /** The value is a secret, or a text that can contain one. The audit trail has no value of it. */
    public Field secret() {
        return with("secret", true);
    }

    /** The value is stored as a SHA-256 digest. Only the response to its write, or to a request that names it, shows it. */
    public Field digested() {
        return with("digested", true);
    }

    /** The value is hashed before it is stored if the flag is set. Only the response that generates it shows the plain value. */
    public Field hashedIf(String flag) {
        return with("hashed_if", flag);
    }

    /** The value is hashed with the id of an entity before it is stored, as the credentials of basic-auth are in Kong. */
    public Field saltedBy(String reference) {
        return with("salted_by", reference);
    }

    /** If the value is invalid, no other field is checked: which ones the entity has depends on it. */
    public Field decisive() {
        return with("decisive", true);
    }

    /** Kong does not have the field. */
    public Field ours() {
        return with("ours", true);
    }

    /** An explicit null is stored, and is not the default. */
    public Field keepsNull() {
        return with("keeps_null", true);
    }

    /** A list can be filtered by the value, as a query parameter. */
    public Field filterable() {
        return with("filterable", true);
    }

    /** The gateway stores the value for itself. Clients neither see nor set it. */
    public Field hidden() {
        return with("hidden", true);
    }

    /** A patch of the other field determines this one unless it contains both. */
    public Field follows(String other) {
        return with("follows", other);
    }

    /** A write of the other field sets this hidden one to null. */
    public Field resetBy(String other) {
        return hidden().with("reset_by", other);
    }

    /** The field is accepted on write, and neither stored nor shown. */
    public Field writeOnly() {
        return with("write_only", true);
    }

    /** The field has no column: responses show the seconds until the time in a hidden field, or null. */
    public Field secondsUntil(String time) {
        return with("seconds_until", time);
    }

    /** The field is accepted on write in place of others, which it sets whatever their values are. */
    public Field standsFor(String... fields) {
        return writeOnly().with("stands_for", List.of(fields));
    }
}
