package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
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
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HTTP/2 from clients, with TLS and by prior knowledge; docs/reference/proxy.md#protocols. */
class Http2Test {
    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static Vertx vertx;
    private static HttpClient clear;
    private static HttpClient secure;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.createApi("protected", "/protected", upstream.port());
        gatehouse.protect("protected", new JsonObject());
        vertx = Vertx.vertx();
        clear = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        secure = vertx.createHttpClient(new HttpClientOptions()
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

    @AfterEach
    void behave() {
        upstream.behave(Upstream::echo);
    }

    private record Answer(HttpVersion version, int status, MultiMap headers, String text) {
        JsonObject json() {
            return new JsonObject(text);
        }
    }

    private static RequestOptions to(HttpMethod method, String uri) {
        return new RequestOptions()
                .setMethod(method)
                .setHost("localhost")
                .setPort(gatehouse.node().port("proxy.http"))
                .setURI(uri);
    }

    private static Future<Answer> read(HttpClientResponse response) {
        return response.body()
                .map(body ->
                        new Answer(response.version(), response.statusCode(), response.headers(), body.toString()));
    }

    /** Reads on the event loop that sends: on another thread the handler might be set after the response. */
    private static Future<Answer> send(HttpClient client, RequestOptions options, Buffer body) {
        return client.request(options).compose(request -> request.send(body).compose(Http2Test::read));
    }

    private static Answer send(RequestOptions options, Buffer body) {
        return Gatehouse.await(send(clear, options, body));
    }

    @Test
    void aTlsClientThatOffersHttp2IsServedInHttp2() {
        RequestOptions options =
                to(HttpMethod.GET, "/api/x").setPort(gatehouse.node().port("proxy.https"));
        Answer answer = Gatehouse.await(send(secure, options, Buffer.buffer()));
        assertThat(answer.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(answer.json().getString("uri")).isEqualTo("/x");
        assertThat(answer.json().getJsonObject("headers").getString("x-forwarded-proto"))
                .isEqualTo("https");
    }

    @Test
    void aClientWithPriorKnowledgeIsServedInHttp2InClearText() {
        Answer answer = send(to(HttpMethod.GET, "/api/x?q=1"), Buffer.buffer());
        assertThat(answer.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().get("x-kong-request-id")).hasSize(32);
        assertThat(answer.json().getString("uri")).isEqualTo("/x?q=1");
        assertThat(answer.json().getJsonObject("headers").getString("host")).isEqualTo("127.0.0.1:" + upstream.port());
    }

    @Test
    void aRequestWithoutABodyHasNoneInHttp1() {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.DELETE, HttpMethod.POST)) {
            Answer answer = Gatehouse.await(clear.request(to(method, "/api"))
                    .compose(request ->
                            request.end().compose(sent -> request.response()).compose(Http2Test::read)));
            assertThat(answer.json().getString("method")).isEqualTo(method.name());
            assertThat(answer.json().getJsonObject("headers").containsKey("transfer-encoding"))
                    .isFalse();
            assertThat(answer.json().getString("body")).isEmpty();
        }
    }

    @Test
    void aBodyOfUnknownLengthArrivesWhole() {
        Buffer half = Buffer.buffer("x".repeat(200_000));
        Answer answer = Gatehouse.await(clear.request(to(HttpMethod.DELETE, "/api"))
                .compose(request -> {
                    request.setChunked(true);
                    request.write(half);
                    request.end(half);
                    return request.response();
                })
                .compose(Http2Test::read));
        assertThat(answer.json().getString("body")).hasSize(400_000);
        assertThat(answer.json().getJsonObject("headers").getString("transfer-encoding"))
                .isEqualTo("chunked");
    }

    @Test
    void cookiesInPiecesArriveAsOne() {
        RequestOptions options = to(HttpMethod.GET, "/api");
        options.addHeader("cookie", "a=1");
        options.getHeaders().add("cookie", "b=2");
        assertThat(send(options, Buffer.buffer())
                        .json()
                        .getJsonObject("headers")
                        .getString("cookie"))
                .isEqualTo("a=1; b=2");
    }

    @Test
    void manyStreamsOfOneConnectionAreServedAtOnce() {
        AtomicInteger waiting = new AtomicInteger();
        List<Promise<Void>> parked = new ArrayList<>();
        upstream.behave(request -> {
            Promise<Void> go = Promise.promise();
            synchronized (parked) {
                parked.add(go);
            }
            waiting.incrementAndGet();
            request.pause();
            go.future().onSuccess(done -> {
                Upstream.echo(request);
                request.resume();
            });
        });
        List<Future<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(send(clear, to(HttpMethod.GET, "/api/" + i), Buffer.buffer()));
        }
        await().untilAsserted(() -> assertThat(waiting).hasValue(50));
        upstream.vertx().runOnContext(go -> List.copyOf(parked).forEach(Promise::complete));
        Gatehouse.await(Future.all(answers));
    }

    @Test
    void theGatewaysOwnResponsesAreHttp2Too() {
        Answer missing = send(to(HttpMethod.GET, "/nowhere"), Buffer.buffer());
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.json().getString("message")).isEqualTo("no Route matched with those values");
        Answer refused = send(to(HttpMethod.POST, "/protected"), Buffer.buffer("x".repeat(100_000)));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers().contains("connection")).isFalse();
        assertThat(send(to(HttpMethod.GET, "/api/" + "x".repeat(9_000)), Buffer.buffer())
                        .status())
                .isEqualTo(414);
    }

    @Test
    void anAbortedResponseResetsTheStream() {
        upstream.behave(request -> {
            request.response().setChunked(true).write("half of it");
            upstream.vertx().setTimer(100, late -> request.connection().close());
        });
        assertThatThrownBy(() -> send(to(HttpMethod.GET, "/api"), Buffer.buffer()))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StreamResetException.class);
    }

    @Test
    void aClientThatResetsItsStreamReleasesTheUpstream() {
        Promise<Void> closed = Promise.promise();
        Promise<HttpClientRequest> reached = Promise.promise();
        Gatehouse.await(clear.request(to(HttpMethod.GET, "/api")).compose(request -> {
            upstream.behave(arrived -> {
                arrived.connection().closeHandler(gone -> closed.tryComplete());
                reached.complete(request);
            });
            request.response().onFailure(expected -> {});
            request.end();
            return reached.future().compose(there -> there.reset(8));
        }));
        Gatehouse.await(closed.future());
    }

    @Test
    void aTrailerOfTheUpstreamArrives() {
        upstream.behave(request -> {
            request.response().setChunked(true).putTrailer("x-checksum", "abc");
            request.response().end("body");
        });
        String trailer = Gatehouse.await(clear.request(to(HttpMethod.GET, "/api"))
                .compose(request -> request.send()
                        .compose(response -> response.body().map(body -> response.getTrailer("x-checksum")))));
        assertThat(trailer).isEqualTo("abc");
    }
}
