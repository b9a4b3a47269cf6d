package io.gatehouse.plugin.log;

import io.gatehouse.config.HostName;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.schema.Document;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the metrics of the {@code statsd} plugin, one line each (docs/reference/plugins.md#statsd). */
final class StatsdFormat {
    private static final BigInteger MAX_STATUS = BigInteger.valueOf(999);

    private final String prefix;
    private final String node;
    private final @Nullable String tagStyle;
    /** Null if all statuses are sent. */
    private final @Nullable BitSet statuses;

    private final List<Metric> metrics;

    private record Metric(String name, String type, String rate, String consumer, String service, String workspace) {}

    /** Blocks while the resolver looks the name of this host up, if the configuration needs it. */
    StatsdFormat(Document config) {
        this.tagStyle = config.optionalString("tag_style");
        boolean isNodeInPrefix = tagStyle == null && config.flag("hostname_in_prefix");
        this.node = isNodeInPrefix || tagStyle != null ? StatText.element(HostName.local()) : "";
        String configured = StatText.name(config.string("prefix"));
        this.prefix = isNodeInPrefix ? configured + ".node." + node : configured;
        this.statuses =
                config.get("allow_status_codes") == null ? null : statuses(config.strings("allow_status_codes"));
        this.metrics = metrics(config);
    }

    private static List<Metric> metrics(Document config) {
        List<Metric> metrics = new ArrayList<>();
        for (Document metric : records(config)) {
            metrics.add(new Metric(
                    metric.string("name"),
                    StatText.type(metric.string("stat_type")),
                    StatText.rate(metric.get("sample_rate")),
                    identifier("consumer_identifier", metric, config),
                    identifier("service_identifier", metric, config),
                    identifier("workspace_identifier", metric, config)));
        }
        return List.copyOf(metrics);
    }

    /** Returns the configured metrics. */
    @SuppressWarnings("unchecked") // The schema has checked the records.
    static List<Document> records(Document config) {
        List<Document> records = new ArrayList<>();
        if (config.get("metrics") instanceof List<?> metrics) {
            metrics.forEach(metric -> records.add(new Document((Map<String, @Nullable Object>) metric)));
        }
        return records;
    }

    private static String identifier(String name, Document metric, Document config) {
        String own = metric.optionalString(name);
        return own == null ? config.string(name + "_default") : own;
    }

    private static BitSet statuses(List<String> ranges) {
        BitSet statuses = new BitSet();
        for (String range : ranges) {
            int dash = range.indexOf('-');
            int from = status(range.substring(0, dash));
            int to = status(range.substring(dash + 1));
            if (from <= to) {
                statuses.set(from, to + 1);
            }
        }
        return statuses;
    }

    private static int status(String digits) {
        return new BigInteger(digits).min(MAX_STATUS).intValue();
    }

    List<String> lines(FinishedRequest request) {
        if (statuses != null && !statuses.get(request.status())) {
            return List.of();
        }
        return metrics.stream()
                .map(metric -> line(metric, request))
                .filter(Objects::nonNull)
                .toList();
    }

    private @Nullable String line(Metric metric, FinishedRequest request) {
        String stat = StatValue.name(metric.name());
        if (stat == null) {
            return tagStyle == null ? counted(metric, request) : null;
        }
        long value = StatValue.of(metric.name(), request);
        if (value < 0) {
            return null;
        }
        String end = ":" + value + "|" + metric.type() + metric.rate();
        return tagStyle == null
                ? prefix + "." + scope(metric, request) + "." + stat + end
                : tagged(tagStyle, prefix + "." + stat, end, tags(metric, request));
    }

    private static String scope(Metric metric, FinishedRequest request) {
        if (request.service() == null) {
            return "global.unmatched";
        }
        String service = Identifiers.service(request.service(), metric.service());
        return "service." + (service == null ? "unnamed" : StatText.element(service));
    }

    /** Writes a metric that counts requests of a status or a Consumer; its type is not the configured one. */
    private @Nullable String counted(Metric metric, FinishedRequest request) {
        String scope = scope(metric, request);
        String status = ".status." + request.status();
        String name = Identifiers.consumer(request.identity(), metric.consumer());
        String consumer = name == null ? null : StatText.name(name);
        String user = scope + ".user.";
        String stat = switch (metric.name()) {
            case "status_count" -> scope + status;
            case "status_count_per_workspace" ->
                scope + ".workspace." + Identifiers.workspace(metric.workspace()) + status;
            case "unique_users" -> consumer == null ? null : user + "uniques";
            case "request_per_user" -> consumer == null ? null : user + consumer + ".request.count";
            case "status_count_per_user" -> consumer == null ? null : user + consumer + status;
            case "status_count_per_user_per_route" ->
                consumer == null || request.route() == null
                        ? null
                        : "route." + request.route().id() + ".user." + consumer + status;
            // shdict_usage: this gateway has no shared dictionaries.
            default -> null;
        };
        if (stat == null) {
            return null;
        }
        return prefix + "." + stat
                + (metric.name().equals("unique_users") ? ":" + consumer + "|s" : ":1|c" + metric.rate());
    }

    /** Returns the tags in their order; none for a request without a Service. */
    private List<String> tags(Metric metric, FinishedRequest request) {
        String service = Identifiers.service(request.service(), metric.service());
        if (service == null) {
            return List.of();
        }
        String is = "dogstatsd".equals(tagStyle) ? ":" : "=";
        List<String> tags = new ArrayList<>();
        tags.add("service" + is + StatText.name(service));
        if (request.route() != null) {
            String route = request.route().name();
            tags.add("route" + is + (route == null ? request.route().id() : StatText.name(route)));
        }
        tags.add("workspace" + is + Identifiers.workspace(metric.workspace()));
        String consumer = Identifiers.consumer(request.identity(), metric.consumer());
        if (consumer != null) {
            tags.add("consumer" + is + StatText.name(consumer));
        }
        tags.add("node" + is + node);
        tags.add("status" + is + request.status());
        return tags;
    }

    private static String tagged(String style, String stat, String end, List<String> tags) {
        String joined = String.join(",", tags);
        if (tags.isEmpty()) {
            return stat + end;
        }
        return switch (style) {
            case "dogstatsd" -> stat + end + "|#" + joined;
            case "influxdb" -> stat + "," + joined + end;
            case "librato" -> stat + "#" + joined + end;
            default -> stat + "[" + joined + "]" + end;
        };
    }
}
