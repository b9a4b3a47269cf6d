package io.gatehouse.admin.call;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminException;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RequestTarget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request that an operator describes.
 *
 * <p><i>Invariant</i>: it has no header that frames or routes the message, and none that states the address of a client.
 *
 * @param authority the value of {@code Host}, and the server name of the handshake. It is not the address that is connected to
 * @param target the path, normalised as the proxy does, with the query
 * @param body null without one
 */
record DescribedCall(
        String method,
        boolean isTls,
        Authority authority,
        String target,
        Map<String, List<String>> headers,
        @Nullable String body) {
    static final int MAX_BODY = 64 * 1024;

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_URL = 8 * 1024;
    private static final int MAX_VALUE = 8 * 1024;
    private static final int MAX_HEADERS = 100;

    private static final Set<String> TAKEN = Set.of(
            "connection",
            "content-length",
            "expect",
            "forwarded",
            "host",
            "http2-settings",
            "keep-alive",
            "kong-admin-token",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-real-ip");

    private static final List<String> TAKEN_PREFIXES = List.of("proxy-", "x-forwarded-");

    static final EntitySchema SCHEMA = EntitySchema.of(
            "call",
            null,
            List.of(
                    Field.string("method")
                            .required()
                            // A CONNECT or TRACE has no Route.
                            .oneOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
                            .defaultTo("GET"),
                    Field.string("url").required().lengthAtMost(MAX_URL),
                    Field.map(
                                    "headers",
                                    CommonFields.headerName(Field.element())
                                            .matches(DescribedCall::isFree, DescribedCall::taken),
                                    Field.array(
                                            "",
                                            CommonFields.headerText(Field.element())
                                                    .lengthAtMost(MAX_VALUE)))
                            .lengthAtMost(MAX_HEADERS),
                    Field.string("body").lengthAtLeast(0).lengthAtMost(MAX_BODY)));

    /** Many servers take an underscore for a hyphen. */
    private static boolean isFree(String name) {
        String folded = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return !TAKEN.contains(folded) && TAKEN_PREFIXES.stream().noneMatch(folded::startsWith);
    }

    private static String taken(String name) {
        return "header '" + name + "' is set by the node";
    }

    /**
     * Reads a checked description.
     *
     * @param realIpHeader the header in which the proxy may find the address of a client
     * @throws AdminException if the URL is one that the proxy would reject, or a header is that one
     */
    static DescribedCall of(Document description, String realIpHeader) {
        String url = description.string("url");
        boolean isAscii = url.chars().allMatch(c -> c > ' ' && c < 127);
        RequestTarget target = isAscii ? RequestTarget.parse(url) : null;
        Authority authority = target == null ? null : target.authority();
        if (target == null || authority == null) {
            throw AdminError.BAD_REQUEST.exception("the url is no valid URL of the scheme http or https");
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        description.record("headers").values().forEach((name, values) -> {
            if (name.equalsIgnoreCase(realIpHeader)) {
                throw AdminError.BAD_REQUEST.exception(taken(name));
            }
            headers.put(name, texts(values));
        });
        return new DescribedCall(
                description.string("method"),
                url.regionMatches(true, 0, "https:", 0, 6),
                authority,
                target.path() + (target.query() == null ? "" : "?" + target.query()),
                headers,
                description.optionalString("body"));
    }

    private static List<String> texts(@Nullable Object values) {
        return values instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    int port() {
        return authority.portOr(isTls ? HTTPS_PORT : HTTP_PORT);
    }

    /** Returns whether a text of the request meets a condition. */
    boolean hasText(Predicate<String> condition) {
        return condition.test(authority.toString())
                || condition.test(target)
                || (body != null && condition.test(body))
                || headers.values().stream().flatMap(List::stream).anyMatch(condition);
    }
}
