package io.gatehouse.telemetry;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Exports spans to a collector over OTLP, as configured by OpenTelemetry's environment variables.
 *
 * <p><i>Threading</i>: a thread of the SDK sends batches from a bounded queue. Spans beyond its bound are dropped.
 */
public final class OtlpExport {
    private static final String PREFIX = "OTEL_";

    private final OpenTelemetrySdk sdk;

    private OtlpExport(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
    }

    /**
     * Returns the export; null unless an endpoint is configured.
     *
     * @param environment of the process; variables that do not begin with {@code OTEL_} are ignored
     * @param version of Gatehouse
     * @throws RuntimeException if a variable is invalid
     */
    public static @Nullable OtlpExport of(Map<String, String> environment, String nodeId, String version) {
        if (isBlank(environment, "OTEL_EXPORTER_OTLP_ENDPOINT")
                && isBlank(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
            return null;
        }
        Map<String, String> properties = new HashMap<>();
        properties.put("otel.service.name", "gatehouse");
        // The JDK's client supports this protocol. Metrics are scraped, and logs go to standard output.
        properties.put("otel.exporter.otlp.protocol", "http/protobuf");
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        // Clients choose paths of several KiB, and spans wait in memory for the collector. The SDK has no limit.
        properties.put("otel.attribute.value.length.limit", "1024");
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !value.isBlank()) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value.strip());
            }
        });
        OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> properties)
                .addTracerProviderCustomizer((provider, config) -> provider.setIdGenerator(new TraceIds()))
                .addResourceCustomizer((resource, config) -> resource.toBuilder()
                        .put("service.instance.id", nodeId)
                        .put("service.version", version)
                        .build())
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk();
        return new OtlpExport(sdk);
    }

    private static boolean isBlank(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").isBlank();
    }

    public Tracing tracing() {
        return new Tracing(sdk.getTracer("io.gatehouse"));
    }

    /** Sends the queued spans. Completes when they are sent, or after the SDK's timeout. */
    public Future<Void> shutdown() {
        Promise<Void> done = Promise.promise();
        sdk.shutdown().whenComplete(done::complete);
        return done.future();
    }
}
