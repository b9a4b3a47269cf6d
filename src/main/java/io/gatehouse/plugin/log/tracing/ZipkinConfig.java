package io.gatehouse.plugin.log.tracing;

import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the {@code zipkin} plugin's configuration of spans, read once per change.
 *
 * @param defaultServiceName of a peer without a name; null if there is none
 * @param includesCredential whether the span of a request names the credential
 * @param tagsHeader the header with tags of the client, in lower case
 * @param staticTags of each span of a request
 * @param namesPath whether the names of spans contain the path
 * @param annotates whether the times of the phases are annotations, not tags
 */
record ZipkinConfig(
        @Nullable String defaultServiceName,
        boolean includesCredential,
        String tagsHeader,
        Map<String, String> staticTags,
        boolean namesPath,
        boolean annotates) {

    static ZipkinConfig of(Document config) {
        Map<String, String> tags = new LinkedHashMap<>();
        if (config.get("static_tags") instanceof List<?> list) {
            list.forEach(each -> {
                if (each instanceof Map<?, ?> tag) {
                    tags.put(String.valueOf(tag.get("name")), String.valueOf(tag.get("value")));
                }
            });
        }
        return new ZipkinConfig(
                config.optionalString("default_service_name"),
                config.flag("include_credential"),
                config.string("tags_header").toLowerCase(Locale.ROOT),
                tags,
                config.string("http_span_name").equals("method_path"),
                config.string("phase_duration_flavor").equals("annotations"));
    }
}
