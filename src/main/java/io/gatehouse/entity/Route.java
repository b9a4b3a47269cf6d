package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which requests go to a Service (docs/reference/admin-api.md#entities, docs/reference/proxy.md#matching). An empty collection is an attribute
 * the route does not set.
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

    /** How the service path and the request path are joined (Kong's {@code path_handling}). */
    public enum PathHandling {
        /** Exactly one slash between the two. */
        V0,
        /** The two as they are. */
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
