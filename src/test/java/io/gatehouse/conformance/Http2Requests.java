package io.gatehouse.conformance;

import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.List;

/** Sends HTTP/2 requests in clear text, by prior knowledge. */
public final class Http2Requests {
    private Http2Requests() {}

    /** Returns the status of a request whose body consists of these pieces, and has no announced length. */
    public static int status(RequestOptions options, List<Buffer> pieces) {
        Vertx vertx = Vertx.vertx();
        try {
            HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
            return Gatehouse.await(client.request(options).compose(request -> {
                if (pieces.isEmpty()) {
                    request.end();
                } else {
                    request.setChunked(true);
                    pieces.forEach(request::write);
                    request.end();
                }
                return request.response().map(HttpClientResponse::statusCode);
            }));
        } finally {
            Gatehouse.await(vertx.close());
        }
    }
}
