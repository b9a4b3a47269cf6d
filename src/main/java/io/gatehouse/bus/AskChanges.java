package io.gatehouse.bus;

import io.gatehouse.oauth.Changes;
import org.jspecify.annotations.Nullable;

/**
 * Asks what changed.
 *
 * @param since {@link Changes#until()} of the answer before; null: the first question
 */
public record AskChanges(@Nullable String since) {}
