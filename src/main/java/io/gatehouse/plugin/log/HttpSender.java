package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Sends batches to an HTTP server: one object, or an array if a batch may have several entries. */
final class HttpSender implements LogQueue.Sender {
    private final HttpClient client;
    private final RequestOptions options;
    private final boolean isArray;

    HttpSender(HttpClient client, Document config) {
        this.client = client;
        this.isArray = config.record("queue").integer("max_batch_size") > 1;
        URI uri = URI.create(config.string("http_endpoint"));
        boolean isTls = "https".equals(uri.getScheme());
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        long timeout = config.integer("timeout");
        this.options = new RequestOptions()
                .setHost(uri.getHost())
                .setPort(uri.getPort() > 0 ? uri.getPort() : isTls ? 443 : 80)
                .setSsl(isTls)
                .setMethod(HttpMethod.valueOf(config.string("method")))
                .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
                .setConnectTimeout(timeout)
                .setTimeout(timeout)
                .setIdleTimeout(timeout)
                .putHeader("Content-Type", config.string("content_type"));
        if (uri.getUserInfo() != null) {
            byte[] credentials = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
            options.putHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        config.record("headers").values().forEach((name, value) -> options.putHeader(name, String.valueOf(value)));
    }

    @Override
    public Future<Void> send(List<FinishedRequest> batch) {
        Buffer body = isArray
                ? new JsonArray(batch.stream().map(LogMessage::of).toList()).toBuffer()
                : LogMessage.of(batch.get(0)).toBuffer();
        return client.request(new RequestOptions(options))
                .compose(request -> request.send(body))
                .compose(response -> response.end().map(response.statusCode()))
                .compose(status -> status >= 200 && status < 300
                        ? Future.succeededFuture()
                        : Future.failedFuture("the server responded with " + status));
    }
}
