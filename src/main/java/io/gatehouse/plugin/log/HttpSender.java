package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Sends batches to an HTTP server: one object, or an array if a batch may have several entries. */
final class HttpSender implements LogQueue.Sender {
    private final HttpClient client;
    private final RequestOptions options;
    private final boolean isArray;
    private final long timeoutMillis;

    HttpSender(HttpClient client, Document config) {
        this.client = client;
        this.isArray = config.record("queue").integer("max_batch_size") > 1;
        URI uri = URI.create(config.string("http_endpoint"));
        boolean isTls = "https".equals(uri.getScheme());
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        this.timeoutMillis = config.integer("timeout");
        this.options = new RequestOptions()
                .setHost(uri.getHost())
                .setPort(uri.getPort() > 0 ? uri.getPort() : isTls ? 443 : 80)
                .setSsl(isTls)
                .setMethod(HttpMethod.valueOf(config.string("method")))
                .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
                .setConnectTimeout(timeoutMillis)
                .putHeader("Content-Type", config.string("content_type"));
        if (uri.getUserInfo() != null) {
            byte[] credentials = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
            options.putHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        config.record("headers").values().forEach((name, value) -> options.putHeader(name, String.valueOf(value)));
    }

    @Override
    public Future<Integer> send(List<FinishedRequest> batch) {
        Buffer body = isArray
                ? new JsonArray(batch.stream().map(LogMessage::of).toList()).toBuffer()
                : LogMessage.of(batch.get(0)).toBuffer();
        return client.request(new RequestOptions(options)).compose(request -> exchange(request, body));
    }

    /** Sends the request and reads the response, all of it within the timeout: a server may send a byte now and then. */
    private Future<Integer> exchange(HttpClientRequest request, Buffer body) {
        return request.send(body)
                .compose(response -> response.end().map(response.statusCode()))
                .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .onFailure(failure -> request.reset())
                .compose(status -> status >= 200 && status < 300
                        ? Future.succeededFuture(0)
                        : Future.failedFuture("the server responded with " + status));
    }
}
