package io.gatehouse.schema;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds what a field declares beside its name and type: the attributes of {@code /schemas} and the OpenAPI document. */
abstract sealed class FieldAttributes permits FieldConstraints {
    /** In the order of their declaration. */
    private final Map<String, Object> attributes;

    FieldAttributes(Map<String, Object> attributes) {
        this.attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    public boolean isRequired() {
        return attributes.containsKey("required");
    }

    public boolean isUnique() {
        return attributes.containsKey("unique");
    }

    public boolean isAuto() {
        return attributes.containsKey("auto");
    }

    /** Returns the flag without which the value is not generated; empty if it always is. */
    Optional<String> autoIf() {
        return Optional.ofNullable((String) attributes.get("auto_if"));
    }

    boolean isUuid() {
        return attributes.containsKey("uuid");
    }

    /** Returns whether the server alone determines the value: the id, and times. */
    boolean isOfServer() {
        return isUuid() || attributes.containsKey("timestamp");
    }

    public boolean isDigested() {
        return attributes.containsKey("digested");
    }

    public Optional<String> hashedIf() {
        return Optional.ofNullable((String) attributes.get("hashed_if"));
    }

    /** Returns the reference whose id salts the stored hash; empty if the value is not hashed. */
    public Optional<String> saltedBy() {
        return Optional.ofNullable((String) attributes.get("salted_by"));
    }

    /** Returns whether the value itself can be a secret: a credential, or one that a vault can hold. */
    boolean isSecret() {
        return attributes.containsKey("secret")
                || isDigested()
                || isReferenceable()
                || hashedIf().isPresent()
                || saltedBy().isPresent();
    }

    public boolean isOurs() {
        return attributes.containsKey("ours");
    }

    public boolean isReferenceable() {
        return attributes.containsKey("referenceable");
    }

    /** Returns the violation of every value; empty if the field can have one. */
    Optional<String> forbidden() {
        return Optional.ofNullable((String) attributes.get("forbidden"));
    }

    /** Returns whether the violations of other fields do not count if this one is invalid. */
    boolean hidesOthers() {
        return attributes.containsKey("decisive") || !standsFor().isEmpty();
    }

    /** Returns whether an explicit null is stored in place of the default. */
    public boolean isKeepingNull() {
        return attributes.containsKey("keeps_null");
    }

    public boolean isFilterable() {
        return attributes.containsKey("filterable");
    }

    /** Returns the entity whose keys these are; empty if they are plain values. */
    public Optional<String> keysOf() {
        return Optional.ofNullable((String) attributes.get("keys_of"));
    }

    /** Returns the entity whose ids these are; empty if they are plain values. */
    public Optional<String> idsOf() {
        return Optional.ofNullable((String) attributes.get("ids_of"));
    }

    /** Returns whether a write changes the time at which a stored entity was created. */
    boolean isSettable() {
        return attributes.containsKey("settable");
    }

    /** Returns the hidden field whose time the value counts down to. */
    public Optional<String> secondsUntil() {
        return Optional.ofNullable((String) attributes.get("seconds_until"));
    }

    /** Returns the field whose writes reset this hidden one. */
    public Optional<String> resetBy() {
        return Optional.ofNullable((String) attributes.get("reset_by"));
    }

    /** Returns the field that determines this one in a patch without it. */
    public Optional<String> follows() {
        return Optional.ofNullable((String) attributes.get("follows"));
    }

    public boolean isHidden() {
        return attributes.containsKey("hidden");
    }

    public boolean isWriteOnly() {
        return attributes.containsKey("write_only");
    }

    /** Returns the fields that this one sets. */
    @SuppressWarnings("unchecked") // Only standsFor sets the attribute.
    public List<String> standsFor() {
        return (List<String>) attributes.getOrDefault("stands_for", List.of());
    }

    public String reference() {
        return (String) attributes.getOrDefault("reference", "");
    }

    public boolean isCascading() {
        return attributes.containsKey("on_delete");
    }

    /** Returns whether a check must reject the empty text. As in Kong, it is invalid unless the field allows it. */
    boolean rejectsEmptyText() {
        return !attributes.containsKey("len_min") && !attributes.containsKey("one_of") && !isUuid();
    }

    /** Returns the declared attributes, such as {@code between}. */
    public Map<String, Object> attributes() {
        return attributes;
    }
}
