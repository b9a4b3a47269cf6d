package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Selects the requests of a Service (docs/reference/admin-api.md#entities, docs/reference/proxy.md#matching).
 *
 * <p><i>Invariant</i>: an empty collection is an attribute that the Route does not set.
 *
 * @param paths prefixes starting with {@code /}, or {@code ~} and a regular expression
 * @param headers header name to accepted values
 * @param regexPriority higher wins among regular expressions
 * @param createdAt seconds since the epoch; the older of two equal routes wins
 */
public record Route(
        UUID id,
        @Nullable String name,
        Set<String> protocols,
        Set<String> methods,
        List<String> hosts,
        List<String> paths,
        Map<String, List<String>> headers,
        Set<String> snis,
        int httpsRedirectStatusCode,
        long regexPriority,
        boolean stripPath,
        PathHandling pathHandling,
        boolean preserveHost,
        @Nullable UUID serviceId,
        long createdAt) {

    /** Determines how the Service's path and the request's path are joined (Kong's {@code path_handling}). */
    public enum PathHandling {
        /** With exactly one slash between the two. */
        V0,
        /** Without changes. */
        V1
    }

    public static Route of(Document document) {
        Document headers = document.record("headers");
        Map<String, List<String>> headerValues = new LinkedHashMap<>();
        headers.values().keySet().forEach(name -> headerValues.put(name, headers.strings(name)));
        return new Route(
                document.id(),
                document.optionalString("name"),
                Set.copyOf(document.strings("protocols")),
                Set.copyOf(document.strings("methods")),
                document.strings("hosts"),
                document.strings("paths"),
                Map.copyOf(headerValues),
                Set.copyOf(document.strings("snis")),
                (int) document.integer("https_redirect_status_code"),
                document.integer("regex_priority"),
                document.flag("strip_path"),
                document.string("path_handling").equals("v1") ? PathHandling.V1 : PathHandling.V0,
                document.flag("preserve_host"),
                document.reference("service"),
                document.integer("created_at"));
    }
}
