package io.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.syntax.Framing;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests requests in HTTP/2 over one connection that allows one at a time. */
class Http2RequestTest {
    private final Vertx vertx = TestTransport.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final HttpServer upstream = Gatehouse.await(vertx.createHttpServer()
            .requestHandler(request -> request.response().end("ok"))
            .listen(0, "127.0.0.1"));
    private final HttpClient client = vertx.httpClientBuilder()
            .with(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false)
                    .setHttp2MultiplexingLimit(1))
            .with(new PoolOptions().setHttp2MaxSize(1))
            .build();

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    private Future<UpstreamRequest> open() {
        HostAndPort authority = HostAndPort.create("localhost", -1);
        UpstreamHead head = new UpstreamHead(
                HttpMethod.GET, "/", authority, UpstreamHead.newHeaders(authority, (name, value) -> {}));
        return client.request(new RequestOptions().setHost("127.0.0.1").setPort(upstream.actualPort()))
                .compose(request -> Http2Request.on(request, head));
    }

    private static Future<String> send(UpstreamRequest request) {
        Future<String> body = ConnectionsLoop.body(request);
        request.begin(Framing.NONE);
        request.end();
        return body;
    }

    @Test
    void aRequestThatIsAbortedBeforeItsHead_doesNotOccupyTheConnection() {
        Promise<String> next = Promise.promise();
        loop.runOnContext(turn -> open().compose(first -> {
                    first.abort(new Exception("not needed"));
                    return open();
                })
                .compose(Http2RequestTest::send)
                .onComplete(next));
        assertThat(Gatehouse.await(next.future())).isEqualTo("ok");
    }

    @Test
    void aResponseThatIsAbortedBeforeItIsRead_failsItsReader() {
        Exception left = new Exception("the client left");
        Promise<String> body = Promise.promise();
        loop.runOnContext(turn -> open().compose(request -> {
                    request.response().onSuccess(head -> request.abort(left));
                    return send(request);
                })
                .onComplete(body));
        ConnectionsLoop.soon(body.future()::isComplete);
        assertThat(body.future().cause()).isSameAs(left);
    }
}
