package io.gatehouse.bus;

import io.gatehouse.credential.Changes;
import org.jspecify.annotations.Nullable;

/**
 * Asks what changed.
 *
 * @param since {@link Changes#until()} of the answer before; null: the first question
 * @param nodeId who asks; null: a node of a version that does not say so
 * @param name what operators call that node; null: a node of a version that does not say so
 * @param maxStaleMillis for how long it may believe what it remembers without asking again; zero: it will not ask any more
 */
public record FetchChanges(
        @Nullable String since,
        @Nullable String nodeId,
        @Nullable String name,
        long maxStaleMillis) {}
