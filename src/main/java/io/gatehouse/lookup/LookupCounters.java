package io.gatehouse.lookup;

import io.gatehouse.credential.CredentialState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * Counts lookups by outcome and level, as {@code gatehouse_token_lookups_total}.
 *
 * <p><i>Why</i>: all counters are fields, so that a hit in the process cache costs one addition.
 */
final class LookupCounters {
    final Counter foundInProcess;
    final Counter foundInShared;
    final Counter foundAtIssuer;
    /** Looked up within the last second, and unknown then. */
    final Counter unknownInProcess;

    final Counter unknownAtIssuer;
    /** No issuer responded. */
    final Counter unavailable;

    LookupCounters(MeterRegistry metrics, CredentialState.Kind kind) {
        this.foundInProcess = counter(metrics, kind, "known", "process");
        this.foundInShared = counter(metrics, kind, "known", "shared");
        this.foundAtIssuer = counter(metrics, kind, "known", "issuer");
        this.unknownInProcess = counter(metrics, kind, "unknown", "process");
        this.unknownAtIssuer = counter(metrics, kind, "unknown", "issuer");
        this.unavailable = counter(metrics, kind, "unavailable", "issuer");
    }

    private static Counter counter(MeterRegistry metrics, CredentialState.Kind kind, String outcome, String level) {
        return Counter.builder("gatehouse.token.lookups")
                .description("Lookups of credentials, by outcome and by the level that decided it")
                .tags("kind", kind.name().toLowerCase(Locale.ROOT), "outcome", outcome, "level", level)
                .register(metrics);
    }
}
