package io.gatehouse.admin.http;

import io.gatehouse.schema.Field;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds one page of a list with the link to the next page (docs/reference/admin-api.md#endpoints). */
public final class PageResponse {
    private PageResponse() {}

    /**
     * Builds a page.
     *
     * @param next the offset of the next page; empty on the last page
     */
    public static AdminResponse of(AdminRequest request, List<?> data, Optional<String> next) {
        Map<String, @Nullable Object> page = new LinkedHashMap<>();
        page.put("data", data);
        page.put("next", null);
        next.map(ListParameters::encode).ifPresent(offset -> {
            page.put("offset", offset);
            page.put("next", link(request, offset));
        });
        return AdminResponse.ok(page);
    }

    private static String link(AdminRequest request, String offset) {
        StringBuilder link =
                new StringBuilder(request.path()).append("?offset=").append(offset);
        Stream<String> declared =
                request.endpoint().operation(HttpMethod.GET).query().stream().map(Field::name);
        Stream.concat(Stream.of("tags", "size"), declared)
                .distinct()
                .filter(name -> !name.equals("offset"))
                .forEach(name -> request.parameter(name)
                        .ifPresent(value -> link.append('&')
                                .append(name)
                                .append('=')
                                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)
                                        .replace("+", "%20"))));
        return link.toString();
    }
}
