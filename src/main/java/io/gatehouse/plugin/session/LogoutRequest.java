package io.gatehouse.plugin.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.Multipart;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Recognises a request that ends its session: by its method, and a name in its query or body. */
final class LogoutRequest {
    private static final Future<Boolean> NO = Future.succeededFuture(false);
    private static final Future<Boolean> YES = Future.succeededFuture(true);
    /** As large as the body in which key-auth looks for a key. */
    private static final int BODY_LIMIT = 64 * 1024;

    private final List<String> methods;
    private final @Nullable String queryArgument;
    private final @Nullable String bodyArgument;

    LogoutRequest(Document config) {
        this.methods = config.strings("logout_methods");
        this.queryArgument = config.optionalString("logout_query_arg");
        this.bodyArgument = config.flag("read_body_for_logout") ? config.optionalString("logout_post_arg") : null;
    }

    /** Returns whether the request ends its session. It reads the body only if the configuration says so. */
    Future<Boolean> isMade(Exchange exchange) {
        if (!methods.contains(exchange.method())) {
            return NO;
        }
        if (queryArgument != null && UrlEncoded.all(exchange.query()).containsKey(queryArgument)) {
            return YES;
        }
        MediaType type = MediaType.of(exchange.request().getHeader("content-type"));
        String name = bodyArgument;
        if (name == null || !exchange.mayHaveBody() || !type.hasParameters()) {
            return NO;
        }
        return exchange.readBody(BODY_LIMIT).transform((body, failure) -> {
            if (failure == null) {
                return isNamed(type, body, name) ? YES : NO;
            }
            if (!(failure instanceof Exchange.BodyTooLarge)) {
                return Future.failedFuture(failure);
            }
            // Bytes already read cannot be forwarded.
            return exchange.isBodyRead() ? Future.failedFuture(ProxyError.PAYLOAD_TOO_LARGE.failure()) : NO;
        });
    }

    private static boolean isNamed(MediaType type, Buffer body, String name) {
        return switch (type.essence()) {
            case MediaType.FORM -> hasField(UrlEncoded.parse(body.toString(ISO_8859_1)), name);
            case MediaType.JSON ->
                Json.object(body.getBytes())
                        .map(object -> object.get(name) != null && !Boolean.FALSE.equals(object.get(name)))
                        .orElse(false);
            default -> hasField(Multipart.parse(type, body.toString(ISO_8859_1)).flatMap(Multipart::fields), name);
        };
    }

    private static boolean hasField(Optional<List<FormPair>> fields, String name) {
        return fields.stream()
                .flatMap(List::stream)
                .anyMatch(field -> field.name().equals(name));
    }
}
