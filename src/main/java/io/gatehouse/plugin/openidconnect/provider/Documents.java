package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads JSON documents of a provider, and sends it forms: bounded in size and time, without following redirects. */
final class Documents {
    static final int MAX_BYTES = 1024 * 1024;
    /** Of a response to a form: three tokens. */
    static final int MAX_REPLY_BYTES = 64 * 1024;

    static final int OK = 200;

    private static final int FIRST_CLIENT_ERROR = 400;
    private static final int LAST_CLIENT_ERROR = 499;

    private final Vertx vertx;
    private final HttpClient client;
    private final long timeoutMillis;
    private final @Nullable ClientSSLOptions tls;

    Documents(Vertx vertx, HttpClient client, long timeoutMillis) {
        this(vertx, client, timeoutMillis, null);
    }

    /** {@code tls} contains the client's certificate; null without one. */
    Documents(Vertx vertx, HttpClient client, long timeoutMillis, @Nullable ClientSSLOptions tls) {
        this.vertx = vertx;
        this.client = client;
        this.timeoutMillis = timeoutMillis;
        this.tls = tls;
    }

    /**
     * Holds a JSON object with its status.
     *
     * @param size of the response in bytes
     */
    record Reply(int status, JsonObject document, int size) {}

    Future<JsonObject> get(String url) {
        return client.request(options(url))
                .compose(request -> exchange(request, null, MAX_BYTES, OK))
                .compose(this::parsed)
                .map(Reply::document);
    }

    /**
     * Reads a document with a token (RFC 6750 §2.1). For a status from 400 to 499, whose body need not be JSON, the object is empty. The
     * caller has checked the characters of the token.
     */
    Future<Reply> get(String url, String token) {
        return client.request(options(url).putHeader("Authorization", "Bearer " + token))
                .compose(request -> exchange(request, null, MAX_REPLY_BYTES, LAST_CLIENT_ERROR))
                .compose(raw -> raw.status() == OK
                        ? parsed(raw)
                        : Future.succeededFuture(new Reply(raw.status(), new JsonObject(), 0)));
    }

    /** Sends a form, and returns the JSON object of the response also for a status from 400 to 499. */
    Future<Reply> post(String url, Buffer form, Map<String, String> headers) {
        RequestOptions options =
                options(url).setMethod(HttpMethod.POST).putHeader("Content-Type", "application/x-www-form-urlencoded");
        headers.forEach(options::putHeader);
        return client.request(options)
                .compose(request -> exchange(request, form, MAX_REPLY_BYTES, LAST_CLIENT_ERROR))
                .compose(this::parsed);
    }

    private RequestOptions options(String url) {
        RequestOptions options = new RequestOptions()
                .setAbsoluteURI(url)
                .setTimeout(timeoutMillis)
                .setConnectTimeout(timeoutMillis)
                .setFollowRedirects(false)
                .putHeader("Accept", "application/json");
        if (tls != null && Boolean.TRUE.equals(options.isSsl())) {
            options.setSslOptions(tls);
        }
        return options;
    }

    private Future<Reply> parsed(Raw raw) {
        return onWorker(() -> new Reply(
                        raw.status(), new JsonObject(raw.body()), raw.body().length()))
                .recover(failure -> Future.failedFuture(
                        failure instanceof DecodeException || failure instanceof ClassCastException
                                ? new ProviderFailure("the document is not a JSON object")
                                : failure));
    }

    /** Runs what may take longer than an event loop allows. */
    <T> Future<T> onWorker(Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }

    /** The timeout covers the whole response: a server may send a byte now and then. */
    private Future<Raw> exchange(HttpClientRequest request, @Nullable Buffer form, int limit, int lastStatus) {
        return (form == null ? request.send() : request.send(form))
                .compose(response -> body(response, limit, lastStatus))
                .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .onFailure(failure -> request.reset())
                .recover(failure -> Future.failedFuture(
                        failure instanceof TimeoutException
                                ? new ProviderFailure("no complete response within " + timeoutMillis + " ms")
                                : failure));
    }

    private static Future<Raw> body(HttpClientResponse response, int limit, int lastStatus) {
        int status = response.statusCode();
        if (status != OK && (status < FIRST_CLIENT_ERROR || status > lastStatus)) {
            return Future.failedFuture(new ProviderFailure("status " + status + "; redirects are not followed"));
        }
        Promise<Raw> whole = Promise.promise();
        Buffer bytes = Buffer.buffer();
        response.handler(chunk -> {
            if (bytes.length() + chunk.length() > limit) {
                whole.tryFail(new ProviderFailure("the document has more than " + limit + " bytes"));
            } else {
                bytes.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(new Raw(status, bytes)));
        return whole.future();
    }

    private record Raw(int status, Buffer body) {}
}
