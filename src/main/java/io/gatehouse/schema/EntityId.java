package io.gatehouse.schema;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Parses the ids of entities. */
public final class EntityId {
    private EntityId() {}

    /**
     * Returns the id that a text has the form of; null if the text is a key.
     *
     * <p><i>Why</i>: {@link UUID#fromString} also accepts groups of other lengths, such as {@code 2024-1-2-3-4}.
     */
    public static @Nullable UUID parse(String text) {
        return Texts.isUuid(text) ? UUID.fromString(text) : null;
    }

    /** Returns an id as it is stored, in lower case, and another text as it is. */
    public static String normal(String text) {
        UUID id = parse(text);
        return id == null ? text : id.toString();
    }
}
