package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Configures the health checks of an Upstream's targets (docs/reference/admin-api.md#entities).
 *
 * @param threshold percent of the weight that must be healthy for the Upstream to be used; 0 for any
 */
public record HealthChecks(Active active, Passive passive, double threshold) {

    /** Returns whether any check can change the health of a target. */
    public boolean isOn() {
        return active.isOn() || passive.counts().isOn();
    }

    /**
     * Configures how many consecutive results make a target healthy or unhealthy; 0 disables a count.
     *
     * @param good HTTP statuses that count as successes
     * @param bad HTTP statuses that count as failures; other statuses do not count
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
     * Configures the checks that the gateway sends.
     *
     * @param type {@code http}, {@code https}, {@code tcp}; {@code grpc} and {@code grpcs} are stored, not sent
     * @param timeoutMillis of one check
     * @param concurrency maximum number of concurrent checks
     * @param sni server name sent to the target; null for the target's own
     * @param verify whether the target's certificate must be trusted
     * @param healthyMillis between two checks of a healthy target; 0 for none
     * @param unhealthyMillis between two checks of an unhealthy target; 0 for none
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

        /** Returns whether any check is sent. */
        public boolean isOn() {
            return (healthyMillis > 0 || unhealthyMillis > 0) && !type.startsWith("grpc");
        }
    }

    /** Configures how proxied requests count. */
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
