package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PublicAddresses;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.proxy.exchange.Peers;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.RequestTarget;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.upstream.UpstreamAddress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests what a failure to connect means for the client, the target and a retry. */
class UpstreamFailureTest {
    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        Gatehouse.await(vertx.close());
    }

    /** Connects to a server whose system accepts the connection, and which sends nothing, as a paused process. */
    private static Throwable unfinishedHandshake() throws IOException {
        try (ServerSocket paused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = paused.getLocalPort();
            ClientSSLOptions tls = new ClientSSLOptions()
                    .setTrustAll(true)
                    .setHostnameVerificationAlgorithm("")
                    .setSslHandshakeTimeout(50)
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
            SocketAddress server = SocketAddress.inetSocketAddress(port, "127.0.0.1");
            UpstreamAddress address = UpstreamAddress.of(server, "a.test", port, tls);
            Future<Throwable> failure = vertx.createNetClient()
                    .connect(address.connectOptions())
                    .map(connected -> (Throwable) new AssertionError("connected"))
                    .otherwise(cause -> cause);
            return Gatehouse.await(failure);
        }
    }

    /** Whether a POST without a body may be sent again after an attempt that has made no connection. */
    private static boolean mayRetry(Throwable failure) {
        Promise<Boolean> result = Promise.promise();
        HttpServer server = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> {
                    RequestBody body = new RequestBody(vertx, exchange(request));
                    result.complete(UpstreamFailure.mayRetry(failure, null, HttpMethod.POST, body));
                    request.response().end();
                })
                .listen(0, "127.0.0.1"));
        try {
            Http.send(Http.get("http://127.0.0.1:" + server.actualPort())).isStatus(200);
            return Gatehouse.await(result.future());
        } finally {
            Gatehouse.await(server.close());
        }
    }

    private static ProxyExchange exchange(HttpServerRequest request) {
        RequestTarget target = Objects.requireNonNull(RequestTarget.parse(request.uri()));
        Peers peers = new Peers(List.of(), PublicAddresses.DEFAULT);
        return new ProxyExchange(request, "id", Framing.NONE, target, null, peers, System.nanoTime());
    }

    @Test
    void aTlsHandshakeThatIsNotCompletedInTimeIsAConnectTimeout() throws IOException {
        Throwable failure = unfinishedHandshake();
        assertThat(failure).hasMessageContaining("SSL");
        assertThat(UpstreamFailure.isTimeout(failure)).isTrue();
        assertThat(UpstreamFailure.isReset(failure)).isFalse();
        assertThat(UpstreamFailure.error(failure)).isEqualTo(ProxyError.UPSTREAM_TIMEOUT);
        assertThat(mayRetry(failure)).isTrue();
    }
}
