package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.schema.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the metrics of the {@code datadog} plugin, one line each (docs/reference/plugins.md#datadog). */
final class DatadogFormat {
    private final String prefix;
    private final String serviceTag;
    private final String statusTag;
    private final String consumerTag;
    private final List<Metric> metrics;

    /**
     * Holds a configured metric.
     *
     * @param consumer the identifier of the Consumer; null for none
     * @param tags the configured ones, each with a comma before it
     */
    private record Metric(
            String name, String type, String rate, @Nullable String consumer, String tags) {}

    DatadogFormat(Document config) {
        this.prefix = StatText.name(config.string("prefix"));
        this.serviceTag = StatText.name(config.string("service_name_tag"));
        this.statusTag = StatText.name(config.string("status_tag"));
        this.consumerTag = StatText.name(config.string("consumer_tag"));
        List<Metric> configured = new ArrayList<>();
        for (Document metric : StatsdFormat.records(config)) {
            StringBuilder tags = new StringBuilder();
            metric.strings("tags").forEach(tag -> tags.append(',').append(StatText.tag(tag)));
            configured.add(new Metric(
                    metric.string("name"),
                    StatText.type(metric.string("stat_type")),
                    StatText.rate(metric.get("sample_rate")),
                    metric.optionalString("consumer_identifier"),
                    tags.toString()));
        }
        this.metrics = List.copyOf(configured);
    }

    List<String> lines(FinishedRequest request) {
        String service = Identifiers.service(request.service(), "service_name_or_host");
        String common = "|#" + serviceTag + ":" + (service == null ? "" : StatText.element(service)) + "," + statusTag
                + ":" + request.status();
        return metrics.stream()
                .map(metric -> line(metric, common, request))
                .filter(Objects::nonNull)
                .toList();
    }

    private @Nullable String line(Metric metric, String common, FinishedRequest request) {
        long value = StatValue.of(metric.name(), request);
        if (value < 0) {
            return null;
        }
        String consumer = consumer(metric.consumer(), request);
        return prefix + "." + StatValue.name(metric.name()) + ":" + value + "|" + metric.type() + metric.rate() + common
                + (consumer == null ? "" : "," + consumerTag + ":" + StatText.name(consumer)) + metric.tags();
    }

    private static @Nullable String consumer(@Nullable String identifier, FinishedRequest request) {
        String consumer = identifier == null ? null : Identifiers.consumer(request.identity(), identifier);
        return consumer != null && "consumer_id".equals(identifier) ? consumer.replace('-', '_') : consumer;
    }
}
