package io.gatehouse.proxy.grpc;

import static io.gatehouse.proxy.grpc.GrpcApi.MESSAGE;
import static io.gatehouse.proxy.grpc.GrpcApi.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.grpc.GrpcApi.Answer;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the grpc-web plugin against Kong 3.10 and the protocol of gRPC-Web. */
class GrpcWebTest {
    private static final String PATH = "/web.Greeter/Greet";
    private static final String BINARY = "application/grpc-web+proto";
    private static final String TEXT = "application/grpc-web-text";

    private static GrpcApi api;
    private static HttpClient http1;

    @BeforeAll
    static void start() {
        api = new GrpcApi();
        http1 = api.upstream.vertx().createHttpClient();
        service("web", api.upstream.port(), "/web.", new JsonObject());
        service("stripped", api.upstream.port(), "/stripped", new JsonObject().put("pass_stripped_path", true));
        service(
                "prefixed",
                api.upstream.port(),
                "/prefixed",
                new JsonObject().put("allow_origin_header", "https://a.example"));
        service("absent", 1, "/absent", new JsonObject());
    }

    private static void service(String name, int port, String path, JsonObject config) {
        api.gatehouse.create("/services", new JsonObject().put("name", name).put("url", "grpc://127.0.0.1:" + port));
        api.gatehouse.create(
                "/services/" + name + "/routes",
                new JsonObject()
                        .put("protocols", List.of("http", "https"))
                        .put("paths", List.of(path))
                        .put("strip_path", !path.endsWith(".")));
        api.gatehouse.create(
                "/services/" + name + "/plugins",
                new JsonObject().put("name", "grpc-web").put("config", config));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void echo() {
        api.upstream.behave(request -> request.body().onSuccess(body -> answer(request, body)));
    }

    private static Answer call(HttpClient client, HttpMethod method, String path, String type, Buffer body) {
        return Gatehouse.await(client.request(new RequestOptions()
                        .setMethod(method)
                        .setHost("localhost")
                        .setPort(api.gatehouse.node().port("proxy.http"))
                        .setURI(path))
                .compose(request ->
                        request.putHeader("content-type", type).send(body).compose(GrpcApi::read)));
    }

    private static Answer call(String path, String type, Buffer body) {
        return call(http1, HttpMethod.POST, path, type, body);
    }

    /** Returns the last frame of a body. */
    private static Buffer trailers(String fields) {
        return Buffer.buffer()
                .appendByte((byte) 0x80)
                .appendInt(fields.length())
                .appendString(fields);
    }

    private static Buffer base64(Buffer bytes) {
        return Buffer.buffer(Base64.getEncoder().encode(bytes.getBytes()));
    }

    /** Decodes texts that follow each other, each with its padding. */
    private static Buffer decoded(Buffer texts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        String text = texts.toString();
        for (int i = 0; i < text.length(); i += 4) {
            all.writeBytes(Base64.getDecoder().decode(text.substring(i, i + 4)));
        }
        return Buffer.buffer(all.toByteArray());
    }

    @Test
    void aCallReachesTheUpstreamInGrpc_andItsTrailersAreTheLastFrame() {
        AtomicReference<String> seen = new AtomicReference<>("");
        api.upstream.behave(request -> {
            seen.set(String.join(
                    " ",
                    request.version().name(),
                    request.path(),
                    request.getHeader("content-type"),
                    request.getHeader("te")));
            request.body().onSuccess(body -> {
                request.response().putTrailer("x-detail", "more");
                answer(request, body);
            });
        });
        for (HttpClient client : List.of(http1, api.client)) {
            Answer answer = call(client, HttpMethod.POST, PATH, BINARY, MESSAGE);
            assertThat(seen.get()).isEqualTo("HTTP_2 " + PATH + " application/grpc trailers");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().get("content-type")).isEqualTo(BINARY);
            assertThat(answer.headers().get("access-control-allow-origin")).isEqualTo("*");
            assertThat(answer.trailers().isEmpty()).isTrue();
            assertThat(answer.body())
                    .isEqualTo(MESSAGE.copy()
                            .appendBuffer(trailers("grpc-status:0\r\ngrpc-message:well done\r\nx-detail:more\r\n")));
        }
    }

    @Test
    void aCallInBase64IsDecoded_andItsResponseEncoded() {
        Buffer parts = base64(MESSAGE.slice(0, 1))
                .appendBuffer(base64(MESSAGE.slice(1, 6)))
                .appendBuffer(base64(MESSAGE.slice(6, MESSAGE.length())));
        for (Buffer body : List.of(base64(MESSAGE), parts)) {
            Answer answer = call(PATH, TEXT, body);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().get("content-type")).isEqualTo(TEXT);
            assertThat(decoded(answer.body()))
                    .isEqualTo(MESSAGE.copy().appendBuffer(trailers("grpc-status:0\r\ngrpc-message:well done\r\n")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "AAA", "AAAAA", "A===", "====", "AA=A", "AAA!", "AA\n="})
    void malformedBase64GetsA400(String text) {
        Answer answer = call(PATH, TEXT, Buffer.buffer(text));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).hasToString("invalid base64");
    }

    @Test
    void aLargeBodyInBase64GetsA413() {
        assertThat(call(PATH, TEXT, Buffer.buffer("A".repeat((1 << 20) + 4))).status())
                .isEqualTo(413);
    }

    @Test
    void aStatusInTheHeadIsInTheLastFrameToo() {
        api.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", "5")
                .putHeader("grpc-message", "absent")
                .end());
        Answer answer = call(PATH, BINARY, MESSAGE);
        assertThat(answer.body()).isEqualTo(trailers("grpc-status:5\r\ngrpc-message:absent\r\n"));
    }

    @Test
    void aCallWithoutAStatusHasFailed() {
        api.upstream.behave(request ->
                request.response().putHeader("content-type", "application/grpc").end(MESSAGE));
        assertThat(call(PATH, BINARY, MESSAGE).body())
                .isEqualTo(MESSAGE.copy().appendBuffer(trailers("grpc-status:2\r\ngrpc-message:\r\n")));
    }

    @Test
    void aMessageReachesTheClientBeforeTheNextIsSent() {
        CompletableFuture<HttpServerRequest> open = new CompletableFuture<>();
        api.upstream.behave(request -> request.body().onSuccess(body -> {
            open.complete(request);
            request.response()
                    .putHeader("content-type", "application/grpc")
                    .setChunked(true)
                    .write(body);
        }));
        Promise<Buffer> rest = Promise.promise();
        Buffer first = Gatehouse.await(http1.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("localhost")
                        .setPort(api.gatehouse.node().port("proxy.http"))
                        .setURI(PATH))
                // On the event loop: a reader that is set later would miss what has arrived by then.
                .compose(request -> request.putHeader("content-type", BINARY)
                        .send(MESSAGE)
                        .compose(response -> {
                            Promise<Buffer> piece = Promise.promise();
                            Buffer later = Buffer.buffer();
                            response.handler(data -> {
                                if (!piece.tryComplete(data)) {
                                    later.appendBuffer(data);
                                }
                            });
                            response.endHandler(end -> rest.complete(later));
                            response.exceptionHandler(rest::tryFail);
                            return piece.future();
                        })));
        assertThat(first).isEqualTo(MESSAGE);
        open.join().response().putTrailer("grpc-status", "0").end(MESSAGE);
        assertThat(Gatehouse.await(rest.future()))
                .isEqualTo(MESSAGE.copy().appendBuffer(trailers("grpc-status:0\r\ngrpc-message:\r\n")));
    }

    @Test
    void thePathIsTheClients_orAsTheRouteForwardsIt() {
        AtomicReference<String> seen = new AtomicReference<>("");
        api.upstream.behave(request -> {
            seen.set(request.path());
            request.body().onSuccess(body -> answer(request, body));
        });
        call("/stripped/hello.Greeter/Greet", BINARY, MESSAGE);
        assertThat(seen.get()).isEqualTo("/hello.Greeter/Greet");
        Answer answer = call("/prefixed/hello.Greeter/Greet", BINARY, MESSAGE);
        assertThat(seen.get()).isEqualTo("/prefixed/hello.Greeter/Greet");
        assertThat(answer.headers().get("access-control-allow-origin")).isEqualTo("https://a.example");
    }

    @Test
    void optionsIsAPreflight() {
        Answer answer = call(http1, HttpMethod.OPTIONS, PATH, "text/plain", Buffer.buffer());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasToString("OK");
        assertThat(answer.headers().get("content-type")).isEqualTo("application/grpc-web-text+proto");
        assertThat(answer.headers().get("access-control-allow-origin")).isEqualTo("*");
        assertThat(answer.headers().get("access-control-allow-methods")).isEqualTo("POST");
        assertThat(answer.headers().get("access-control-allow-headers"))
                .isEqualTo("content-type,x-grpc-web,x-user-agent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/grpc-web+json", "application/grpc-webx", "text/plain"})
    void anotherTypeGetsA400(String type) {
        Answer answer = call(PATH, type, Buffer.buffer("{}"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().toString(StandardCharsets.UTF_8))
                .isEqualTo("transcoding requests require a .proto file defining the service");
        assertThat(answer.headers().get("access-control-allow-origin")).isEqualTo("*");
    }

    @Test
    void aResponseThatIsNotGrpcsIsPassedOnAsItIs() {
        api.upstream.behave(request -> request.response()
                .setStatusCode(503)
                .putHeader("content-type", "text/html")
                .end("<p>busy"));
        Answer answer = call(PATH, TEXT, base64(MESSAGE));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers().get("content-type")).isEqualTo("text/html");
        assertThat(answer.body()).hasToString("<p>busy");

        Answer failed = call("/absent/x", BINARY, MESSAGE);
        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.headers().get("access-control-allow-origin")).isEqualTo("*");
    }
}
