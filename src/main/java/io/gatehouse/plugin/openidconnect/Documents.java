package io.gatehouse.plugin.openidconnect;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads JSON documents of a provider: bounded in size and time, without following redirects. */
final class Documents {
    static final int MAX_BYTES = 1024 * 1024;

    private final Vertx vertx;
    private final HttpClient client;
    private final long timeoutMillis;

    Documents(Vertx vertx, HttpClient client, long timeoutMillis) {
        this.vertx = vertx;
        this.client = client;
        this.timeoutMillis = timeoutMillis;
    }

    Future<JsonObject> get(String url) {
        RequestOptions options = new RequestOptions()
                .setAbsoluteURI(url)
                .setTimeout(timeoutMillis)
                .setConnectTimeout(timeoutMillis)
                .setFollowRedirects(false)
                .putHeader("Accept", "application/json");
        return client.request(options)
                .compose(this::exchange)
                .compose(bytes -> onWorker(() -> new JsonObject(bytes)))
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
    private Future<Buffer> exchange(HttpClientRequest request) {
        return request.send()
                .compose(Documents::body)
                .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .onFailure(failure -> request.reset())
                .recover(failure -> Future.failedFuture(
                        failure instanceof TimeoutException
                                ? new ProviderFailure("no complete response within " + timeoutMillis + " ms")
                                : failure));
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            return Future.failedFuture(
                    new ProviderFailure("status " + response.statusCode() + "; redirects are not followed"));
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer bytes = Buffer.buffer();
        response.handler(chunk -> {
            if (bytes.length() + chunk.length() > MAX_BYTES) {
                whole.tryFail(new ProviderFailure("the document has more than " + MAX_BYTES + " bytes"));
            } else {
                bytes.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(bytes));
        return whole.future();
    }
}
