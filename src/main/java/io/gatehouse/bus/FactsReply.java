package io.gatehouse.bus;

import io.gatehouse.oauth.Facts;
import org.jspecify.annotations.Nullable;

/**
 * What is known of something that was shown.
 *
 * @param facts null: there is no such thing
 * @param cached whether they are from the shared cache, and count on the issuer that says so, because PostgreSQL is
 *     unreachable; the receiver may have received an invalidation that the issuer has not
 */
public record FactsReply(@Nullable Facts facts, boolean cached) {
    @Override
    public String toString() {
        return "FactsReply[" + (facts == null ? "unknown" : Facts.Kind.of(facts.getClass())) + "]";
    }
}
