package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Holds a Consumer of an API. At least one of {@code username} and {@code customId} is set. */
public record Consumer(
        UUID id, @Nullable String username, @Nullable String customId) {

    public static Consumer of(Document document) {
        return new Consumer(document.id(), document.optionalString("username"), document.optionalString("custom_id"));
    }
}
