package io.gatehouse.bus;

import io.gatehouse.oauth.Facts;
import org.jspecify.annotations.Nullable;

/** What is known of something that was shown; null facts: there is no such thing. */
public record FactsReply(@Nullable Facts facts) {
    @Override
    public String toString() {
        return "FactsReply[" + (facts == null ? "unknown" : Facts.Kind.of(facts.getClass())) + "]";
    }
}
