package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the health of an Upstream's targets is found out (docs/reference/admin-api.md#entities).
 *
 * @param threshold percent of the weight that must be healthy for the Upstream to be used at all; 0: any
 */
public record HealthChecks(Active active, Passive passive, double threshold) {

    /** Whether anything can ever make a target unhealthy, or healthy again. */
    public boolean isOn() {
        return active.isOn() || passive.counts().isOn();
    }

    /**
     * What is counted of a target, and how often in a row makes it healthy or unhealthy; 0: it does not count.
     *
     * @param good HTTP statuses that speak for a target
     * @param bad HTTP statuses that speak against it; all others say nothing
     */
    public record Counts(
            Set<Integer> good, Set<Integer> bad, int successes, int httpFailures, int tcpFailures, int timeouts) {
        public Counts {
            good = Set.copyOf(good);
            bad = Set.copyOf(bad);
        }

        boolean isOn() {
            return successes > 0 || httpFailures > 0 || tcpFailures > 0 || timeouts > 0;
        }

        static Counts of(Document healthy, Document unhealthy) {
            return new Counts(
                    statuses(healthy),
                    statuses(unhealthy),
                    (int) healthy.integer("successes"),
                    (int) unhealthy.integer("http_failures"),
                    (int) unhealthy.integer("tcp_failures"),
                    (int) unhealthy.integer("timeouts"));
        }

        private static Set<Integer> statuses(Document document) {
            return document.get("http_statuses") instanceof List<?> list
                    ? list.stream().map(status -> ((Number) status).intValue()).collect(Collectors.toUnmodifiableSet())
                    : Set.of();
        }
    }

    /**
     * Checks the gateway makes of its own.
     *
     * @param type {@code http}, {@code https}, {@code tcp}; {@code grpc} and {@code grpcs} are stored, not made
     * @param timeoutMillis of one check
     * @param concurrency checks at once
     * @param sni server name shown to the target; null: its own
     * @param verify whether the target's certificate must be trusted
     * @param healthyMillis between two checks of a healthy target; 0: none
     * @param unhealthyMillis between two checks of an unhealthy target; 0: none
     */
    public record Active(
            String type,
            long timeoutMillis,
            int concurrency,
            String path,
            Map<String, List<String>> headers,
            @Nullable String sni,
            boolean verify,
            long healthyMillis,
            long unhealthyMillis,
            Counts counts) {
        public Active {
            headers = Map.copyOf(headers);
        }

        /** Whether any check is made. */
        public boolean isOn() {
            return (healthyMillis > 0 || unhealthyMillis > 0) && !type.startsWith("grpc");
        }
    }

    /** What is learned from the requests that are proxied anyway. */
    public record Passive(Counts counts) {}

    static HealthChecks of(Document checks) {
        Document active = checks.record("active");
        Document healthy = active.record("healthy");
        Document unhealthy = active.record("unhealthy");
        Document passive = checks.record("passive");
        return new HealthChecks(
                new Active(
                        active.string("type"),
                        millis(active, "timeout"),
                        (int) Math.min(active.integer("concurrency"), Integer.MAX_VALUE),
                        active.string("http_path"),
                        headers(active),
                        active.optionalString("https_sni"),
                        active.flag("https_verify_certificate"),
                        millis(healthy, "interval"),
                        millis(unhealthy, "interval"),
                        Counts.of(healthy, unhealthy)),
                new Passive(Counts.of(passive.record("healthy"), passive.record("unhealthy"))),
                checks.number("threshold").doubleValue());
    }

    private static long millis(Document document, String seconds) {
        return Math.round(document.number(seconds).doubleValue() * 1_000);
    }

    private static Map<String, List<String>> headers(Document active) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        Document given = active.record("headers");
        given.values().keySet().forEach(name -> headers.put(name, given.strings(name)));
        return headers;
    }
}
