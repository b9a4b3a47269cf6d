package io.gatehouse.plugin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the trace of one request as a plugin continues or begins it. Each plugin that traces has its own.
 *
 * @param traceId 32 lower-case hexadecimal characters, or 16
 * @param requestSpan id of the span of the client's request: 16 such characters
 * @param parentSpan id of the span that called; null if the trace begins here
 * @param upstreamSpan id of the span that the upstream receives as its parent
 * @param isSampled whether the plugin sends the spans
 * @param formats the trace id in each format that the upstream receives
 */
public record PluginTrace(
        String traceId,
        String requestSpan,
        @Nullable String parentSpan,
        String upstreamSpan,
        boolean isSampled,
        Map<String, String> formats) {

    public PluginTrace {
        formats = Map.copyOf(formats);
    }
}
