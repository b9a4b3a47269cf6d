package io.gatehouse.admin.http;

import io.gatehouse.connection.Expectation;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.Multipart;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads the bounded body of a write (docs/reference/admin-api.md#bodies). */
public final class BodyReader {
    public static final int MAX_BYTES = 10 * 1024 * 1024;
    /** Bytes of a rejected body that are discarded. If the client sends more, the connection is closed. */
    private static final long MAX_DISCARDED = 8L * MAX_BYTES;

    private static final String MALFORMED = "Malformed request body";

    private final WorkerExecutor worker;

    public BodyReader(WorkerExecutor worker) {
        this.worker = worker;
    }

    /**
     * Reads the body of a request.
     *
     * <p><i>Threading</i>: call it in the handler of the request, before any asynchronous step. Chunks without a handler are lost.
     */
    public Future<Body> read(HttpServerRequest request) {
        List<String> types = request.headers().getAll(HttpHeaders.CONTENT_TYPE);
        if (types.size() > 1) {
            return Future.failedFuture(AdminError.BAD_REQUEST.exception("Only one Content-Type header is allowed"));
        }
        MediaType type = MediaType.of(types.isEmpty() ? null : types.get(0));
        return bytes(request).compose(bytes -> {
            if (bytes.length() == 0 && type.essence().isEmpty()) {
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
        long[] received = {0};
        if (isTooLarge(request)) {
            promise.fail(AdminError.BODY_TOO_LARGE.exception());
        } else {
            Expectation.meet(request);
        }
        request.handler(chunk -> {
            received[0] += chunk.length();
            if (received[0] <= MAX_BYTES) {
                bytes.appendBuffer(chunk);
            } else if (received[0] > MAX_DISCARDED) {
                request.connection().close();
            } else {
                promise.tryFail(AdminError.BODY_TOO_LARGE.exception());
            }
        });
        request.endHandler(end -> promise.tryComplete(bytes));
        request.exceptionHandler(failure -> {
            promise.tryFail(
                    isDisconnect(failure) ? new ClientDisconnected() : AdminError.BAD_REQUEST.exception(MALFORMED));
            // The end of the body is unknown, so the start of a next request is unknown too.
            request.connection().close();
        });
        return promise.future();
    }

    /** Returns whether the head announces a body beyond the limit. The length of a chunked body is unknown. */
    public static boolean isTooLarge(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length != null && Long.parseLong(length.strip()) > MAX_BYTES;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    private static boolean isDisconnect(Throwable failure) {
        return failure instanceof HttpClosedException || failure instanceof IOException;
    }

    private static Future<Body> parse(MediaType type, Buffer bytes, boolean large) {
        if (type.essence().equals(MediaType.FORM) && UrlEncoded.hasTooManyPairs(octets(bytes))) {
            return Future.failedFuture(AdminError.TOO_MANY_ARGUMENTS.exception());
        }
        Optional<? extends Body> body = switch (type.essence()) {
            case MediaType.JSON -> json(bytes, large);
            case MediaType.FORM -> UrlEncoded.parse(octets(bytes)).flatMap(pairs -> form(pairs, large));
            case MediaType.MULTIPART -> multipart(type, bytes, large);
            default -> throw AdminError.UNSUPPORTED_MEDIA_TYPE.exception();
        };
        return body.<Future<Body>>map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(
                        type.essence().equals(MediaType.JSON)
                                ? AdminError.MALFORMED_BODY.exception()
                                : AdminError.MALFORMED_BODY.exception("Cannot parse form body")));
    }

    private static Optional<FormBody> form(List<FormPair> pairs, boolean large) {
        return FormNode.of(pairs).map(root -> new FormBody(root, large));
    }

    private static Optional<Body> json(Buffer bytes, boolean large) {
        return Json.object(bytes.getBytes()).map(object -> new Body.JsonObject(object, large));
    }

    /** A body without a byte has no parts, and as in Kong no fields. */
    private static Optional<? extends Body> multipart(MediaType type, Buffer bytes, boolean large) {
        return bytes.length() == 0
                ? Optional.of(Body.NONE)
                : Multipart.parse(type, octets(bytes)).flatMap(Multipart::pairs).flatMap(pairs -> form(pairs, large));
    }

    private static String octets(Buffer bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
