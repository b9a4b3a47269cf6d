package io.gatehouse.proxy.grpc;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Runs a gateway with Services of protocol grpc, and calls them over HTTP/2 in clear text and in TLS. */
public final class GrpcApi implements AutoCloseable {
    static final String METHOD = "/hello.Greeter/Greet";
    static final Buffer MESSAGE = Buffer.buffer(new byte[] {0, 0, 0, 0, 3}).appendString("Ada");

    final Gatehouse gatehouse = Gatehouse.start();
    final Upstream upstream = Upstream.start();
    private final Vertx vertx = Vertx.vertx();
    final HttpClient client = vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    final HttpClient tls = vertx.createHttpClient(new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setUseAlpn(true)
            .setSsl(true)
            .setTrustAll(true)
            .setVerifyHost(false));

    GrpcApi() {
        gatehouse.create(
                "/services", new JsonObject().put("name", "greeter").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create("/services/greeter/routes", route("/hello."));
        gatehouse.create(
                "/services", new JsonObject().put("name", "secret").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create("/services/secret/routes", route("/secret."));
        gatehouse.protect("secret", new JsonObject());
        gatehouse.create("/services", new JsonObject().put("name", "gone").put("url", "grpc://127.0.0.1:1"));
        gatehouse.create("/services/gone/routes", route("/gone."));
    }

    public static JsonObject route(String prefix) {
        return new JsonObject()
                .put("protocols", List.of("grpc", "grpcs"))
                .put("paths", List.of(prefix))
                .put("strip_path", false);
    }

    /** Creates a Service of protocol grpc for a port, with a Route, and sends the head of a call to it in stream 1. */
    public static void begin(Gatehouse gatehouse, Http2Socket client, int port) {
        String name = "grpc" + port;
        gatehouse.create("/services", new JsonObject().put("name", name).put("url", "grpc://127.0.0.1:" + port));
        gatehouse.create("/services/" + name + "/routes", route("/" + name));
        client.headers(
                        1,
                        Http2Socket.END_STREAM,
                        ":method: POST",
                        ":scheme: http",
                        ":authority: a",
                        ":path: /" + name,
                        "content-type: application/grpc",
                        "te: trailers")
                .send();
    }

    record Answer(int status, MultiMap headers, MultiMap trailers, Buffer body) {}

    Future<HttpClientRequest> call(String method) {
        return call(client, method);
    }

    Future<HttpClientRequest> call(HttpClient over, String method) {
        return over.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("localhost")
                        .setPort(gatehouse.node().port(over == tls ? "proxy.https" : "proxy.http"))
                        .setURI(method))
                .map(request ->
                        request.putHeader("content-type", "application/grpc").putHeader("te", "trailers"));
    }

    static Future<Answer> read(HttpClientResponse response) {
        return response.body()
                .map(body -> new Answer(response.statusCode(), response.headers(), response.trailers(), body));
    }

    Answer unary(String method) {
        return Gatehouse.await(
                // Within, on the event loop: another thread might listen when the answer has gone by.
                call(method).compose(request -> request.send(MESSAGE).compose(GrpcApi::read)));
    }

    static void answer(HttpServerRequest request, Buffer message) {
        request.response()
                .putHeader("content-type", "application/grpc")
                .putTrailer("grpc-status", "0")
                .putTrailer("grpc-message", "well done")
                .end(message);
    }

    @Override
    public void close() {
        Gatehouse.await(vertx.close());
        gatehouse.close();
        upstream.close();
    }
}
