package io.gatehouse.lookup;

import io.gatehouse.credential.CredentialState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * Where look-ups ended, as {@code gatehouse_token_lookups_total}. Every counter is looked up once, when this is made: a
 * token this process remembers costs one addition.
 */
final class LookupCounters {
    final Counter knownToProcess;
    final Counter knownToCluster;
    final Counter knownToIssuer;
    /** Asked about a moment ago. */
    final Counter unknownToProcess;

    final Counter unknownToIssuer;
    /** Nobody could tell. */
    final Counter unavailable;

    LookupCounters(MeterRegistry metrics, CredentialState.Kind kind) {
        this.knownToProcess = counter(metrics, kind, "known", "process");
        this.knownToCluster = counter(metrics, kind, "known", "shared");
        this.knownToIssuer = counter(metrics, kind, "known", "issuer");
        this.unknownToProcess = counter(metrics, kind, "unknown", "process");
        this.unknownToIssuer = counter(metrics, kind, "unknown", "issuer");
        this.unavailable = counter(metrics, kind, "unavailable", "issuer");
    }

    private static Counter counter(MeterRegistry metrics, CredentialState.Kind kind, String outcome, String level) {
        return Counter.builder("gatehouse.token.lookups")
                .description("Look-ups of what requests show, and where they ended")
                .tags("kind", kind.name().toLowerCase(Locale.ROOT), "outcome", outcome, "level", level)
                .register(metrics);
    }
}
