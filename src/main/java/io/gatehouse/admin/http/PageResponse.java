package io.gatehouse.admin.http;

import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        List<String> kept = new ArrayList<>(List.of("tags", "size"));
        EntitySchema listed = request.endpoint().entity();
        if (listed != null) {
            listed.fields().stream()
                    .filter(Field::isFilterable)
                    .map(Field::name)
                    .forEach(kept::add);
        }
        for (String name : kept) {
            request.parameter(name)
                    .ifPresent(value -> link.append('&')
                            .append(name)
                            .append('=')
                            .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        }
        return link.toString();
    }
}
