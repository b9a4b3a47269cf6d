package io.gatehouse.launch.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.connection.ListenerGuard;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
public class StatusVerticleTest {
    private final Readiness readiness = new Readiness();
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final StatusVerticle verticle = new StatusVerticle(new ListenAddress("127.0.0.1", 0), readiness, metrics);

    @BeforeEach
    void deploy(Vertx vertx) throws Exception {
        vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/live", "/status"})
    void liveRespondsWith200WhateverConditionIsMissing(String path) throws Exception {
        readiness.require("catalog");

        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"live\":true}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ready", "/status/ready"})
    void readyNamesTheMissingConditionsUntilAllAreMet(String path) throws Exception {
        Readiness.Condition listeners = readiness.require("listeners");
        Readiness.Condition catalog = readiness.require("catalog");

        assertThat(get(path).statusCode()).isEqualTo(503);
        assertThat(get(path).body())
                .isEqualTo("{\"ready\":false,\"draining\":false,\"missing\":[\"catalog\",\"listeners\"]}");

        listeners.met();
        catalog.met();
        assertThat(get(path).statusCode()).isEqualTo(200);
        assertThat(get(path).body()).isEqualTo("{\"ready\":true,\"draining\":false,\"missing\":[]}");
    }

    private HttpResponse<byte[]> metricsFor(String acceptEncoding) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                        + verticle.actualAddress().port() + "/metrics"))
                                .header("Accept-Encoding", acceptEncoding)
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate, gzip;q=0.5", "GZIP", "*", "*;q=0, gzip", "x-gzip"})
    void metricsAreCompressedForAClientThatAcceptsGzip(String acceptEncoding) throws Exception {
        metrics.counter("some.counter").increment();

        HttpResponse<byte[]> response = metricsFor(acceptEncoding);

        assertThat(response.headers().firstValue("content-encoding")).hasValue("gzip");
        assertThat(response.headers().firstValue("vary")).hasValue("accept-encoding");
        String text = new String(
                new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes(), StandardCharsets.UTF_8);
        assertThat(text).contains("some_counter_total 1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip;q=0", "gzip; q=0.000", "br", "gzip;q=0, *", "gzipped"})
    void metricsAreNotCompressedForOtherClients(String acceptEncoding) throws Exception {
        metrics.counter("some.counter").increment();

        HttpResponse<byte[]> response = metricsFor(acceptEncoding);

        assertThat(response.headers().firstValue("content-encoding")).isEmpty();
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).contains("some_counter_total 1.0");
    }

    @Test
    void aDrainingNodeIsLiveButNotReady() throws Exception {
        readiness.drain();

        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).isEqualTo("{\"ready\":false,\"draining\":true,\"missing\":[]}");
        assertThat(get("/live").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsAreInPrometheusTextFormat() throws Exception {
        metrics.counter("gatehouse.tests").increment();

        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).contains("gatehouse_tests_total 1.0");
    }

    @Test
    void otherPathsAndMethodsGetAJsonErrorResponse() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/").body()).isEqualTo("{\"message\":\"Not found\"}");

        HttpResponse<String> post = send(HttpRequest.newBuilder(uri("/ready"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void aHeadRequestGetsTheSameResponseWithoutABody() throws Exception {
        HttpResponse<String> response = send(HttpRequest.newBuilder(uri("/ready"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void aTooLargeHeadIsRejected() throws Exception {
        HttpResponse<String> response = send(HttpRequest.newBuilder(uri("/live"))
                .header("X-Large", "a".repeat(40_000))
                .build());

        assertThat(response.statusCode()).isEqualTo(431);
        assertThat(get("/" + "a".repeat(40_000)).statusCode()).isEqualTo(414);
    }

    @Test
    void anIncompleteHeadTimesOutAndClosesTheConnection(Vertx vertx) throws Exception {
        StatusVerticle impatient = new StatusVerticle(
                new ListenAddress("127.0.0.1", 0),
                readiness,
                metrics,
                own -> new ListenerGuard(own, 8, Duration.ofMillis(600)));
        vertx.deployVerticle(impatient)
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), impatient.actualAddress().port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write("GET /live HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aPortInUseIsReportedWithItsKey(Vertx vertx, VertxTestContext test) {
        ListenAddress taken = verticle.actualAddress();

        vertx.deployVerticle(new StatusVerticle(taken, readiness, metrics))
                .onComplete(test.failing(failure -> test.verify(() -> {
                    assertThat(failure)
                            .isInstanceOf(LaunchException.class)
                            .hasMessage("port " + taken.port() + " on 127.0.0.1 is already in use: stop the other"
                                    + " process or set status.http (GATEHOUSE_STATUS_HTTP)");
                    test.completeNow();
                })));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    private URI uri(String path) {
        return URI.create("http://" + verticle.actualAddress() + path);
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
