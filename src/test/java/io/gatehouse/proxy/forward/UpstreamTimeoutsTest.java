package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A Service's timeouts count from one sign of life of the upstream to the next, not from the request's beginning, and not
 * while the gateway waits for the client (docs/reference/proxy.md#the-upstream-request). The API's are a second each.
 */
class UpstreamTimeoutsTest {
    private static final int STEP_MILLIS = 100;
    /** Altogether much longer than a timeout. */
    private static final int STEPS = 20;

    private static final int LARGE = 16 << 20;

    private static Upstream upstream;
    private static Gatehouse gatehouse;
    private static Vertx vertx;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        vertx = upstream.vertx();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse
                .admin(
                        "PATCH",
                        "/services/api",
                        new JsonObject().put("read_timeout", 1_000).put("write_timeout", 1_000))
                .isStatus(200);
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @AfterEach
    void behaveAgain() {
        upstream.behave(Upstream::echo);
    }

    private static Future<HttpClientRequest> request(HttpVersion version, HttpMethod method) {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
        return client.request(method, gatehouse.node().port("proxy.http"), "127.0.0.1", "/api");
    }

    /** Writes a byte every now and then, and ends. */
    private static void trickle(WriteStream<Buffer> stream) {
        AtomicInteger left = new AtomicInteger(STEPS);
        vertx.setPeriodic(STEP_MILLIS, timer -> {
            stream.write(Buffer.buffer("x"));
            if (left.decrementAndGet() == 0) {
                vertx.cancelTimer(timer);
                stream.end();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void anUploadMayTakeLongerThanTheUpstreamMay(HttpVersion version) {
        Future<Buffer> answer = request(version, HttpMethod.POST).compose(request -> {
            trickle(request.setChunked(true));
            return request.response().compose(HttpClientResponse::body);
        });
        assertThat(new JsonObject(Gatehouse.await(answer)).getString("body")).isEqualTo("x".repeat(STEPS));
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void aResponseWithProgressMayTakeLong(HttpVersion version) {
        upstream.behave(request -> trickle(request.response().setChunked(true)));
        Future<Buffer> answer = request(version, HttpMethod.GET)
                .compose(request -> request.send().compose(HttpClientResponse::body));
        assertThat(Gatehouse.await(answer).toString()).isEqualTo("x".repeat(STEPS));
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void aResponseWithoutProgressIsAborted(HttpVersion version) {
        upstream.behave(
                request -> request.response().putHeader("content-length", "100").write("half"));
        Future<String> answer = request(version, HttpMethod.GET)
                .compose(request -> request.send().compose(HttpClientResponse::body))
                .map("whole")
                .otherwise("aborted");
        assertThat(Gatehouse.await(answer)).isEqualTo("aborted");
    }

    /** The client has received nothing of it: the head of a response with a length waits for the first bytes of the body. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void aResponseWhoseBodyDoesNotBeginIs504(HttpVersion version) {
        upstream.behave(
                request -> request.response().putHeader("content-length", "100").writeHead());
        Future<Integer> status = request(version, HttpMethod.GET)
                .compose(request -> request.send().map(HttpClientResponse::statusCode));
        assertThat(Gatehouse.await(status)).isEqualTo(504);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void aSlowReaderDoesNotTimeOutTheUpstream(HttpVersion version) {
        upstream.behave(request -> request.response().end(Buffer.buffer(new byte[LARGE])));
        Future<Integer> length = request(version, HttpMethod.GET)
                .compose(request -> request.send().compose(response -> {
                    response.pause();
                    Future<Buffer> body = response.body();
                    return vertx.timer(STEP_MILLIS * STEPS).compose(later -> {
                        response.resume();
                        return body;
                    });
                }))
                .map(Buffer::length);
        assertThat(Gatehouse.await(length)).isEqualTo(LARGE);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void anUpstreamThatTakesNoBodyIs504(HttpVersion version) {
        upstream.behave(HttpServerRequest::pause);
        Future<Integer> status = request(version, HttpMethod.POST).compose(request -> {
            request.exceptionHandler(ended -> {});
            request.putHeader("content-length", String.valueOf(LARGE)).write(Buffer.buffer(new byte[LARGE]));
            return request.response().map(HttpClientResponse::statusCode);
        });
        assertThat(Gatehouse.await(status)).isEqualTo(504);
    }

    @Test
    void anUpstreamThatDoesNotRespondAfterTheBodyIs504() {
        upstream.behave(HttpServerRequest::resume);
        Future<Integer> status = request(HttpVersion.HTTP_1_1, HttpMethod.POST)
                .compose(request -> request.send("body"))
                .map(HttpClientResponse::statusCode);
        assertThat(Gatehouse.await(status)).isEqualTo(504);
    }
}
