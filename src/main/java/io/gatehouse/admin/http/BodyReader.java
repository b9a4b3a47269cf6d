package io.gatehouse.admin.http;

import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.form.Multipart;
import io.gatehouse.syntax.form.PercentEncoding;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the bounded body of a write (docs/reference/admin-api.md#bodies). */
public final class BodyReader {
    public static final int MAX_BYTES = 10 * 1024 * 1024;
    /** How much of a refused body is thrown away before the connection goes too: a client that sees no end is no client. */
    private static final long MAX_DISCARDED = 8L * MAX_BYTES;

    private static final String MALFORMED = "Malformed request body";

    private final WorkerExecutor worker;

    public BodyReader(WorkerExecutor worker) {
        this.worker = worker;
    }

    /** Call it before anything asynchronous: what arrives meanwhile would be lost. */
    public Future<Body> read(HttpServerRequest request) {
        List<String> types = request.headers().getAll(HttpHeaders.CONTENT_TYPE);
        if (types.size() > 1) {
            return Future.failedFuture(AdminError.BAD_REQUEST.exception("Only one Content-Type header is allowed"));
        }
        String type = types.isEmpty() ? "" : types.get(0);
        return bytes(request).compose(bytes -> {
            if (bytes.length() == 0 && type.isEmpty()) {
                return Future.succeededFuture(Body.NONE);
            }
            return bytes.length() < Body.LARGE
                    ? parse(type, bytes, false)
                    : worker.executeBlocking(() -> parse(type, bytes, true), false)
                            .compose(body -> body);
        });
    }

    private static Future<Buffer> bytes(HttpServerRequest request) {
        Promise<Buffer> promise = Promise.promise();
        Buffer bytes = Buffer.buffer();
        long[] seen = {0};
        request.handler(chunk -> {
            seen[0] += chunk.length();
            if (seen[0] <= MAX_BYTES) {
                bytes.appendBuffer(chunk);
            } else if (seen[0] > MAX_DISCARDED) {
                request.connection().close();
            } else {
                promise.tryFail(AdminError.BODY_TOO_LARGE.exception());
            }
        });
        request.endHandler(end -> promise.tryComplete(bytes));
        request.exceptionHandler(failure -> {
            promise.tryFail(isGone(failure) ? new ClientLeft() : AdminError.BAD_REQUEST.exception(MALFORMED));
            // The end of the body is unknown, and with it the beginning of a next request.
            request.connection().close();
        });
        return promise.future();
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof HttpClosedException || failure instanceof IOException;
    }

    private static Future<Body> parse(String contentType, Buffer bytes, boolean large) {
        String type = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        Optional<? extends Body> body = switch (type) {
            case "application/json" -> json(bytes, large);
            case "application/x-www-form-urlencoded" ->
                text(bytes).flatMap(UrlEncoded::parse).flatMap(FormNode::of).map(root -> new FormBody(root, large));
            case "multipart/form-data" ->
                Multipart.parse(contentType, bytes.getBytes())
                        .flatMap(FormNode::of)
                        .map(root -> new FormBody(root, large));
            default -> throw AdminError.UNSUPPORTED_MEDIA_TYPE.exception();
        };
        return body.<Future<Body>>map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(
                        type.equals("application/json")
                                ? AdminError.MALFORMED_BODY.exception()
                                : AdminError.MALFORMED_BODY.exception("Cannot parse form body")));
    }

    private static Optional<Body> json(Buffer bytes, boolean large) {
        return bytes.length() == 0
                ? Optional.of(Body.NONE)
                : text(bytes).flatMap(Json::object).map(object -> new Body.JsonObject(object, large));
    }

    private static Optional<String> text(Buffer bytes) {
        return PercentEncoding.utf8(ByteBuffer.wrap(bytes.getBytes()));
    }
}
