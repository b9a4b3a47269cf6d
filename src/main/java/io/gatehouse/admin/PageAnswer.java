package io.gatehouse.admin;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One page of a list, and how to ask for the next (contract/admin-api.md §1). */
final class PageAnswer {
    private PageAnswer() {}

    /**
     * @param next where the next page starts; empty after the last
     */
    static Answer of(AdminRequest request, List<?> data, Optional<String> next) {
        Map<String, @Nullable Object> page = new LinkedHashMap<>();
        page.put("data", data);
        page.put("next", null);
        next.map(ListParameters::encode).ifPresent(offset -> {
            page.put("offset", offset);
            page.put("next", link(request, offset));
        });
        return Answer.ok(page);
    }

    private static String link(AdminRequest request, String offset) {
        StringBuilder link =
                new StringBuilder(request.path()).append("?offset=").append(offset);
        for (String name : List.of("tags", "size")) {
            request.parameter(name)
                    .ifPresent(value -> link.append('&')
                            .append(name)
                            .append('=')
                            .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        }
        return link.toString();
    }
}
