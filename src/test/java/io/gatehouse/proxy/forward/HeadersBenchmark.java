package io.gatehouse.proxy.forward;

import io.gatehouse.config.PublicAddresses;
import io.gatehouse.plugin.Identity;
import io.gatehouse.proxy.exchange.Peers;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.head.RequestIds;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.RequestTarget;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the cost of the headers of a proxied request and its response, as a browser and an API send them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeadersBenchmark {
    private static final Map<String, String> REQUEST = Map.ofEntries(
            Map.entry("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            Map.entry("accept", "application/json, text/plain, */*"),
            Map.entry("accept-language", "en-US,en;q=0.5"),
            Map.entry("accept-encoding", "gzip, deflate, br"),
            Map.entry("authorization", "Bearer 0123456789abcdef0123456789abcdef"),
            Map.entry("origin", "https://app.example"),
            Map.entry("referer", "https://app.example/orders"),
            Map.entry("cookie", "session=0123456789abcdef; theme=dark"),
            Map.entry("sec-fetch-mode", "cors"),
            Map.entry("connection", "keep-alive"));
    private static final Map<String, String> RESPONSE = Map.ofEntries(
            Map.entry("server", "nginx"),
            Map.entry("date", "Wed, 25 Nov 2026 10:00:00 GMT"),
            Map.entry("content-type", "application/json"),
            Map.entry("content-length", "0"),
            Map.entry("connection", "keep-alive"),
            Map.entry("cache-control", "no-store"),
            Map.entry("etag", "\"0123456789abcdef\""),
            Map.entry("vary", "Accept-Encoding"));

    private static final HostAndPort AUTHORITY = HostAndPort.authority("upstream.test", 80);
    private static final UpstreamCall CALL = new UpstreamCall("/orders?page=2", null, "/anything", 0);

    private final Vertx vertx = Vertx.vertx();
    private final ProxyExchange exchange;
    private final MultiMap response;

    /** One exchange over a socket, so that the codec creates the headers. */
    public HeadersBenchmark() {
        Promise<HttpServerRequest> received = Promise.promise();
        HttpServer server = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> {
                    received.complete(request);
                    request.response().headers().addAll(RESPONSE);
                    request.response().end();
                })
                .listen(0, "127.0.0.1"));
        Future<HttpClientResponse> answer = vertx.createHttpClient()
                .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/anything/orders?page=2")
                .compose(request -> {
                    request.headers().addAll(REQUEST);
                    return request.send();
                });
        response = Gatehouse.await(answer).headers();
        HttpServerRequest request = Gatehouse.await(received.future());
        exchange = new ProxyExchange(
                request,
                RequestIds.next(),
                Framing.NONE,
                Objects.requireNonNull(RequestTarget.parse(request.uri())),
                Authority.parse("gateway.test"),
                new Peers(List.of(), PublicAddresses.DEFAULT),
                System.nanoTime());
        exchange.identity(new Identity(UUID.randomUUID(), null, "alex", "test-app", "email profile", null, false));
    }

    @TearDown
    public void close() {
        Gatehouse.await(vertx.close());
    }

    @Benchmark
    public MultiMap request() {
        return RequestHeaders.head(exchange, CALL, AUTHORITY).headers();
    }

    @Benchmark
    public MultiMap response() {
        MultiMap downstream = HttpHeaders.headers();
        ResponseHeaders.copy(response, RequestHeaders.VIA, downstream);
        return downstream;
    }
}
