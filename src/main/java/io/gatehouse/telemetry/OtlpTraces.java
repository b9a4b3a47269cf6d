package io.gatehouse.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.exporter.internal.otlp.traces.TraceRequestMarshaler;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Writes spans as the collectors of OpenTelemetry read them (OTLP/HTTP, binary Protobuf). The encoder is the SDK's.
 *
 * <p><i>Threading</i>: safe for every thread.
 */
public final class OtlpTraces {
    private static final String NO_PARENT = "0000000000000000";
    private static final long NANOS_PER_MICRO = 1_000;

    private final Resource resource;
    private final InstrumentationScopeInfo scope;

    /** {@code resource} are the attributes of the sender, {@code scope} is the name of its component. */
    public OtlpTraces(Map<String, String> resource, String scope) {
        AttributesBuilder attributes = Attributes.builder();
        resource.forEach(attributes::put);
        this.resource = Resource.create(attributes.build());
        this.scope = InstrumentationScopeInfo.create(scope);
    }

    /** Returns the body of a request to the collector. */
    public byte[] encode(List<SpanRecord> spans) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            TraceRequestMarshaler.create(spans.stream().map(this::data).toList())
                    .writeBinaryTo(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return body.toByteArray();
    }

    private SpanData data(SpanRecord span) {
        AttributesBuilder attributes = Attributes.builder();
        span.attributes().forEach((name, value) -> {
            if (value instanceof Long number) {
                attributes.put(name, number);
            } else if (value instanceof Boolean flag) {
                attributes.put(name, flag);
            } else {
                attributes.put(name, value.toString());
            }
        });
        return new Data(
                span,
                attributes.build(),
                context(span.traceId(), span.spanId()),
                context(span.traceId(), span.parentId() == null ? NO_PARENT : span.parentId()),
                resource,
                scope);
    }

    private static SpanContext context(String traceId, String spanId) {
        return SpanContext.create(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
    }

    /** Presents a span to the SDK's encoder. */
    private record Data(
            SpanRecord span,
            Attributes attributes,
            SpanContext context,
            SpanContext parent,
            Resource resource,
            InstrumentationScopeInfo scope)
            implements SpanData {

        @Override
        public String getName() {
            return span.name();
        }

        @Override
        public SpanKind getKind() {
            return span.isServer() ? SpanKind.SERVER : SpanKind.CLIENT;
        }

        @Override
        public SpanContext getSpanContext() {
            return context;
        }

        @Override
        public SpanContext getParentSpanContext() {
            return parent;
        }

        @Override
        public StatusData getStatus() {
            return span.isError() ? StatusData.error() : StatusData.unset();
        }

        @Override
        public long getStartEpochNanos() {
            return span.startMicros() * NANOS_PER_MICRO;
        }

        @Override
        public long getEndEpochNanos() {
            return span.endMicros() * NANOS_PER_MICRO;
        }

        @Override
        public Attributes getAttributes() {
            return attributes;
        }

        @Override
        public List<EventData> getEvents() {
            return List.of();
        }

        @Override
        public List<LinkData> getLinks() {
            return List.of();
        }

        @Override
        public boolean hasEnded() {
            return true;
        }

        @Override
        public int getTotalRecordedEvents() {
            return 0;
        }

        @Override
        public int getTotalRecordedLinks() {
            return 0;
        }

        @Override
        public int getTotalAttributeCount() {
            return attributes.size();
        }

        @Override
        @SuppressWarnings("deprecation") // The interface requires it. The encoder reads the scope.
        public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
            return io.opentelemetry.sdk.common.InstrumentationLibraryInfo.create(scope.getName(), scope.getVersion());
        }

        @Override
        public InstrumentationScopeInfo getInstrumentationScopeInfo() {
            return scope;
        }

        @Override
        public Resource getResource() {
            return resource;
        }
    }
}
