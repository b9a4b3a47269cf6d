package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.head.GrpcStatus;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
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
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gRPC calls, from clients over HTTP/2 to Services of protocol grpc; docs/reference/proxy.md#protocols. */
class GrpcTest {
    private static final String METHOD = "/hello.Greeter/Greet";
    private static final Buffer MESSAGE =
            Buffer.buffer(new byte[] {0, 0, 0, 0, 3}).appendString("Ada");

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static Vertx vertx;
    private static HttpClient client;
    private static HttpClient tls;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.create(
                "/services", new JsonObject().put("name", "greeter").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create("/services/greeter/routes", route("/hello."));
        gatehouse.create(
                "/services", new JsonObject().put("name", "secret").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create("/services/secret/routes", route("/secret."));
        gatehouse.protect("secret", new JsonObject());
        gatehouse.create("/services", new JsonObject().put("name", "gone").put("url", "grpc://127.0.0.1:1"));
        gatehouse.create("/services/gone/routes", route("/gone."));
        vertx = Vertx.vertx();
        client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        tls = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setUseAlpn(true)
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false));
    }

    @AfterAll
    static void stop() {
        Gatehouse.await(vertx.close());
        gatehouse.close();
        upstream.close();
    }

    private static JsonObject route(String prefix) {
        return new JsonObject()
                .put("protocols", List.of("grpc", "grpcs"))
                .put("paths", List.of(prefix))
                .put("strip_path", false);
    }

    private record Answer(int status, MultiMap headers, MultiMap trailers, Buffer body) {}

    private static Future<HttpClientRequest> call(String method) {
        return call(client, method);
    }

    private static Future<HttpClientRequest> call(HttpClient over, String method) {
        return over.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("localhost")
                        .setPort(gatehouse.node().port(over == tls ? "proxy.https" : "proxy.http"))
                        .setURI(method))
                .map(request ->
                        request.putHeader("content-type", "application/grpc").putHeader("te", "trailers"));
    }

    private static Future<Answer> read(HttpClientResponse response) {
        return response.body()
                .map(body -> new Answer(response.statusCode(), response.headers(), response.trailers(), body));
    }

    private static Answer unary(String method) {
        return Gatehouse.await(
                // Within, on the event loop: another thread might listen when the answer has gone by.
                call(method).compose(request -> request.send(MESSAGE).compose(GrpcTest::read)));
    }

    private static void answer(HttpServerRequest request, Buffer message) {
        request.response()
                .putHeader("content-type", "application/grpc")
                .putTrailer("grpc-status", "0")
                .putTrailer("grpc-message", "well done")
                .end(message);
    }

    @Test
    void aUnaryCallReachesTheServiceInHttp2AndItsTrailersReachTheClient() {
        AtomicReference<String> seen = new AtomicReference<>("");
        upstream.behave(request -> {
            seen.set(request.version() + " " + request.path() + " " + request.getHeader("te"));
            request.body().onSuccess(body -> answer(request, body));
        });
        Answer answer = unary(METHOD);
        assertThat(seen.get()).isEqualTo("HTTP_2 " + METHOD + " trailers");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(MESSAGE);
        assertThat(answer.trailers().get("grpc-status")).isEqualTo("0");
        assertThat(answer.trailers().get("grpc-message")).isEqualTo("well done");
    }

    @Test
    void aTrailersOnlyResponseStaysOne() {
        upstream.behave(request -> request.response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", "5")
                .end());
        Answer answer = unary(METHOD);
        assertThat(answer.headers().get("grpc-status")).isEqualTo("5");
        assertThat(answer.body().length()).isZero();
    }

    /** For grpcio and grpc-go such a response has no status unless the head ends the stream. */
    @Test
    void trailersOnlyResponse_endsWithItsHead() throws IOException {
        upstream.behave(request -> request.response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", "5")
                .end());
        try (Http2Socket socket = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            socket.headers(
                            1,
                            Http2Socket.END_STREAM,
                            ":method: POST",
                            ":scheme: http",
                            ":authority: a",
                            ":path: " + METHOD,
                            "content-type: application/grpc",
                            "te: trailers")
                    .send();
            Http2Socket.Frame head = socket.await(Http2Socket.HEADERS);
            assertThat(socket.fields(head).get("grpc-status")).hasToString("5");
            assertThat(head.flags() & Http2Socket.END_STREAM).isNotZero();
        }
    }

    @Test
    void messagesOfBothSidesPassWhileTheCallIsOpen() {
        List<String> headerNames = new CopyOnWriteArrayList<>();
        upstream.behave(request -> {
            headerNames.addAll(request.headers().names());
            request.response().putHeader("content-type", "application/grpc").writeHead();
            request.handler(message -> request.response().write(message));
            request.endHandler(
                    end -> request.response().putTrailer("grpc-status", "0").end());
        });
        HttpClientRequest request = Gatehouse.await(call(METHOD)).setChunked(true);
        // The head of the answer comes before the first message, as gRPC's clients may wait for it.
        Gatehouse.await(request.sendHead());
        HttpClientResponse response = Gatehouse.await(request.response());
        List<Buffer> echoes = new CopyOnWriteArrayList<>();
        Promise<Void> ended = Promise.promise();
        response.handler(echoes::add).endHandler(ended::complete);
        for (int i = 1; i <= 5; i++) {
            request.write(MESSAGE);
            int sent = i;
            await().until(() -> echoes.size() == sent);
        }
        request.end();
        Gatehouse.await(ended.future());
        assertThat(response.trailers().get("grpc-status")).isEqualTo("0");
        assertThat(headerNames).contains("te").doesNotContain("transfer-encoding", "connection");
    }

    @Test
    void aClientThatCancelsEndsTheCallAtTheServiceToo() {
        Promise<Void> given = Promise.promise();
        upstream.behave(request -> {
            request.exceptionHandler(gone -> given.tryComplete());
            request.response().putHeader("content-type", "application/grpc").writeHead();
            request.resume();
        });
        HttpClientRequest request = Gatehouse.await(call(METHOD));
        Gatehouse.await(request.sendHead());
        Gatehouse.await(request.response());
        request.reset(8);
        Gatehouse.await(given.future());
    }

    @Test
    void anAbortedCallNeverLooksComplete() {
        upstream.behave(request -> {
            request.response().putHeader("content-type", "application/grpc").writeHead();
            request.response()
                    .write(MESSAGE)
                    .onComplete(written -> request.response().reset(2));
        });
        assertThatThrownBy(() -> unary(METHOD))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StreamResetException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/other.Greeter/Greet, 12, no Route matched with those values, 404",
        "/secret.Vault/Open,   16, The access token is missing, 401",
        "/gone.Greeter/Greet,  14, An invalid response was received from the upstream server, 502",
        "/%zz,                  3, Bad request, 400",
    })
    void anErrorOfTheGatewayIsAHeadersFrameThatEndsTheStream(String path, int grpc, String message, int status)
            throws IOException {
        try (AccessLines log = new AccessLines();
                Http2Socket socket = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            socket.headers(
                            1,
                            Http2Socket.END_STREAM,
                            ":method: POST",
                            ":scheme: http",
                            ":path: " + path,
                            ":authority: localhost",
                            "content-type: application/grpc+proto")
                    .send();
            Http2Socket.Frame head = socket.await(Http2Socket.HEADERS);
            Http2Headers headers = socket.fields(head);

            assertThat(head.flags() & Http2Socket.END_STREAM).isNotZero();
            assertThat(headers.status()).hasToString("200");
            assertThat(headers.get("content-type")).hasToString("application/grpc");
            assertThat(headers.get("grpc-status")).hasToString(String.valueOf(grpc));
            assertThat(headers.get("grpc-message")).hasToString(message);
            assertThat(headers.get("www-authenticate") != null).isEqualTo(status == 401);
            String id = headers.get("x-kong-request-id").toString();
            await().until(() -> log.statusOf(id) == status);
        }
    }

    @Test
    void aCallOnARouteOfHttpReachesItsServiceInHttp1() {
        AtomicReference<String> seen = new AtomicReference<>("");
        upstream.behave(request -> {
            seen.set(request.version() + " " + request.getHeader("content-type"));
            request.response().end("plain");
        });
        gatehouse.createApi("http", "/http", upstream.port());
        for (HttpClient each : List.of(client, tls)) {
            Answer answer = Gatehouse.await(call(each, "/http/a")
                    .compose(request -> request.send(MESSAGE).compose(GrpcTest::read)));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().toString()).isEqualTo("plain");
            assertThat(seen.get()).isEqualTo("HTTP_1_1 application/grpc");
        }
    }

    /** As in Kong, the protocols of a Route do not decide which Route a request matches. */
    @ParameterizedTest
    @CsvSource({
        "grpc,       false, 0,",
        "grpc,       true,  0,",
        "grpcs,      true,  0,",
        "grpcs,      false, 1, gRPC request matched gRPCs route",
        "'grpc,grpcs', true, 0,"
    })
    void aCallOverTlsIsServedByARouteOfGrpc(String protocols, boolean overTls, int status, String message) {
        upstream.behave(request -> request.body().onSuccess(body -> answer(request, body)));
        String name = "of." + protocols.replace(',', '.') + "." + overTls;
        gatehouse.create("/services/greeter/routes", route("/" + name).put("protocols", List.of(protocols.split(","))));
        Answer answer = Gatehouse.await(call(overTls ? tls : client, "/" + name + "/Call")
                .compose(request -> request.send(MESSAGE).compose(GrpcTest::read)));
        String grpcStatus = answer.headers().contains("grpc-status")
                ? answer.headers().get("grpc-status")
                : answer.trailers().get("grpc-status");
        assertThat(grpcStatus).isEqualTo(String.valueOf(status));
        if (message != null) {
            assertThat(answer.headers().get("grpc-message")).isEqualTo(message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "grpc,  application/json, 415, Non-gRPC request matched gRPC route",
        "grpcs, application/json, 415, Non-gRPC request matched gRPC route",
        "grpc,  application/grpc, 426, Please use HTTP2 protocol",
        "grpcs, application/grpc, 426, Please use HTTP2 protocol"
    })
    void aRouteOfGrpcServesNoOtherRequest(String protocol, String type, int status, String message) {
        String name = "strict." + protocol + status;
        gatehouse.create("/services/secret/routes", route("/" + name).put("protocols", List.of(protocol)));
        Http.send(Http.request("POST", gatehouse.proxyUrl("/" + name), type, "{}"))
                .isMessage(status, message);
        Http.send(Http.request("POST", gatehouse.secureUrl("/" + name), "application/json", "{}"))
                .isMessage(415, "Non-gRPC request matched gRPC route");
    }

    @ParameterizedTest
    @CsvSource({
        "400, 3", "401, 16", "403, 7", "404, 12", "501, 12", "408, 4", "504, 4", "413, 8", "429, 8", "431, 8", "499, 1",
        "500, 13", "502, 14", "503, 14", "405, 2", "426, 2", "418, 2"
    })
    void everyHttpStatusHasAGrpcStatus(int http, int grpc) {
        assertThat(GrpcStatus.of(http)).isEqualTo(grpc);
    }

    @Test
    void aMessageIsPercentEncoded() {
        assertThat(GrpcStatus.message("50% of \u00e9\n~")).isEqualTo("50%25 of %C3%A9%0A~");
    }

    @Test
    void aTokenOpensAProtectedService() {
        upstream.behave(request -> request.body().onSuccess(body -> {
            answer(request, Buffer.buffer(request.getHeader("x-consumer-username")));
        }));
        JsonObject credential = gatehouse.register("ada", new JsonObject());
        JsonObject api = gatehouse.createApi("token", "/token", upstream.port());
        gatehouse.protect("token", new JsonObject().put("global_credentials", true));
        assertThat(api.getString("id")).isNotEmpty();
        gatehouse
                .admin("PATCH", "/services/secret/plugins/" + pluginOf("secret"), global())
                .isStatus(200);
        String token = gatehouse.clientCredentialsToken("/token", credential);
        Answer answer = Gatehouse.await(call("/secret.Vault/Open")
                .compose(request -> request.putHeader("authorization", "Bearer " + token)
                        .send(MESSAGE)
                        .compose(GrpcTest::read)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().toString()).isEqualTo("ada");
    }

    private static String pluginOf(String service) {
        return gatehouse
                .admin("GET", "/services/" + service + "/plugins")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("id");
    }

    private static JsonObject global() {
        return new JsonObject().put("config", new JsonObject().put("global_credentials", true));
    }
}
