package io.gatehouse.admin.match;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminException;
import io.gatehouse.routing.RouteRequest;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RequestTarget;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request that an operator describes.
 *
 * @param isTls whether the URL has the scheme {@code https}; the server name of the handshake is its host then
 * @param fields the values of the headers by their names in any case
 */
record DescribedRequest(String method, boolean isTls, RequestTarget target, Map<String, List<String>> fields)
        implements RouteRequest {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_URL = 8 * 1024;
    private static final int MAX_HEADERS = 100;

    static final EntitySchema SCHEMA = EntitySchema.of(
            "request",
            null,
            List.of(
                    Field.string("method").required().defaultTo("GET"),
                    Field.string("url").required().lengthAtMost(MAX_URL),
                    Field.map("headers", Field.element(), Field.array("", Field.element()))
                            .lengthAtMost(MAX_HEADERS)));

    /**
     * Reads a checked description.
     *
     * @throws AdminException if the URL is one that the proxy would reject
     */
    static DescribedRequest of(Document description) {
        String url = description.string("url");
        RequestTarget target = RequestTarget.parse(url);
        if (target == null || target.authority() == null) {
            throw AdminError.BAD_REQUEST.exception("the url is no valid URL of the scheme http or https");
        }
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (description.get("headers") instanceof Map<?, ?> headers) {
            headers.forEach((name, values) -> fields.put(String.valueOf(name), texts(values)));
        }
        return new DescribedRequest(
                description.string("method"), url.regionMatches(true, 0, "https:", 0, 6), target, fields);
    }

    private static List<String> texts(@Nullable Object values) {
        return values instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    @Override
    public @Nullable Authority authority() {
        return target.authority();
    }

    @Override
    public int port() {
        int usual = isTls ? HTTPS_PORT : HTTP_PORT;
        Authority authority = authority();
        return authority == null ? usual : authority.portOr(usual);
    }

    @Override
    public String path() {
        return target.path();
    }

    @Override
    public List<String> headers(String name) {
        return fields.getOrDefault(name, List.of());
    }

    @Override
    public @Nullable String sni() {
        Authority authority = authority();
        return isTls && authority != null ? authority.host() : null;
    }
}
