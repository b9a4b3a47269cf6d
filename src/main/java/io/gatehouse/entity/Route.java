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
 * @param sources addresses and ports of clients; only for connections that are not HTTP, as are {@code destinations}
 * @param destinations addresses and ports that clients connect to
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
        List<Endpoint> sources,
        List<Endpoint> destinations,
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

    /**
     * One entry of {@code sources} or {@code destinations}. Both parts have to match.
     *
     * @param ip an address or a CIDR block; null for any
     * @param port null for any
     */
    public record Endpoint(@Nullable String ip, @Nullable Integer port) {

        static List<Endpoint> listOf(@Nullable Object entries) {
            return entries instanceof List<?> list
                    ? list.stream().map(entry -> of((Map<?, ?>) entry)).toList()
                    : List.of();
        }

        private static Endpoint of(Map<?, ?> entry) {
            return new Endpoint(
                    entry.get("ip") instanceof String ip ? ip : null,
                    entry.get("port") instanceof Number port ? port.intValue() : null);
        }
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
                Endpoint.listOf(document.get("sources")),
                Endpoint.listOf(document.get("destinations")),
                (int) document.integer("https_redirect_status_code"),
                document.integer("regex_priority"),
                document.flag("strip_path"),
                document.string("path_handling").equals("v1") ? PathHandling.V1 : PathHandling.V0,
                document.flag("preserve_host"),
                document.reference("service"),
                document.integer("created_at"));
    }
}
