package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Sends batches to an HTTP server, one request each. */
public final class HttpSender<E> implements LogQueue.Sender<E> {
    private final HttpClient client;
    private final RequestOptions options;
    private final long timeoutMillis;
    private final Function<List<E>, Buffer> format;

    /** {@code format} writes the body of a request. It runs on a thread of the logs. */
    public HttpSender(HttpClient client, HttpEndpoint endpoint, Function<List<E>, Buffer> format) {
        this.client = client;
        this.options = endpoint.request();
        this.timeoutMillis = endpoint.exchangeMillis();
        this.format = format;
    }

    /** Creates the sender of http-log: one object, or an array if a batch may have several entries. */
    static HttpSender<FinishedRequest> ofMessages(HttpClient client, Document config) {
        boolean isArray = QueueSettings.batchSize(config) > 1;
        HttpEndpoint endpoint = new HttpEndpoint(
                config.string("http_endpoint"),
                config.string("method"),
                config.string("content_type"),
                config.record("headers").values(),
                config.integer("timeout"),
                config.integer("timeout"));
        return new HttpSender<>(
                client,
                endpoint,
                batch -> isArray
                        ? new JsonArray(batch.stream().map(LogMessage::of).toList()).toBuffer()
                        : LogMessage.of(batch.get(0)).toBuffer());
    }

    @Override
    public Future<Integer> send(List<E> batch) {
        Buffer body = format.apply(batch);
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
