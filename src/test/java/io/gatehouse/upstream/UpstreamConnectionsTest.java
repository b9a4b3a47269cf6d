package io.gatehouse.upstream;

import static io.gatehouse.upstream.ConnectionsLoop.ROOMY;
import static io.gatehouse.upstream.ConnectionsLoop.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.syntax.Framing;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connection a request gets, and when connections end (RFC 9112 §9). */
class UpstreamConnectionsTest {
    private ConnectionsLoop loop = new ConnectionsLoop(ROOMY);

    private void restart(UpstreamConnections.Limits limits) {
        loop.close();
        loop = new ConnectionsLoop(limits);
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void anIdleConnectionIsUsedAgain() {
        assertThat(List.of(loop.ask(), loop.ask(), loop.ask())).containsOnly("1");
    }

    @Test
    void theConnectionUsedLastIsUsedFirst() {
        UpstreamConnection one = loop.lend();
        UpstreamConnection two = loop.lend();
        loop.giveBack(one);
        loop.giveBack(two);
        assertThat(loop.lend()).isSameAs(two);
        assertThat(loop.lend()).isSameAs(one);
    }

    @Test
    void aConnectionTheUpstreamClosesIsNotUsedAgain() {
        assertThat(loop.ask()).isEqualTo("1");
        Gatehouse.await(loop.opened.get(0).close());
        soon(loop::knowsNoAddress);
        assertThat(loop.ask()).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection: close\r\n", "Connection: x, Close\r\n", "Keep-Alive: max=5, timeout=0\r\n"})
    void aResponseWithConnectionCloseMakesTheNextRequestUseANewConnection(String says) {
        loop.header = says;
        assertThat(List.of(loop.ask(), loop.ask())).containsExactly("1", "2");
        soon(() -> loop.closed.size() == 2);
    }

    @Test
    void aResponseThatEndsWithTheConnectionEndsIt() {
        loop.statusLine = "HTTP/1.0 200 OK\r\n";
        loop.ask();
        soon(() -> loop.closed.size() == 1);
        loop.statusLine = "HTTP/1.1 200 OK\r\n";
        assertThat(loop.ask()).isEqualTo("2");
    }

    @Test
    void anExpiredConnectionIsClosedAndItsAddressRemoved() {
        restart(ConnectionsLoop.limits(8, 8, Duration.ofMillis(50)));
        loop.ask();
        soon(() -> loop.closed.size() == 1);
        soon(loop::knowsNoAddress);
    }

    @Test
    void anUpstreamMayKeepConnectionsShorter() {
        loop.header = "Keep-Alive: timeout=1\r\n";
        loop.ask();
        soon(() -> loop.closed.size() == 1);
    }

    @Test
    void interimResponsesAreNotTheResponse() {
        loop.statusLine =
                "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n";
        assertThat(List.of(loop.ask(), loop.ask())).containsOnly("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\n",
                "HTTP/2.0 200 OK\r\n",
                "SIP/1.1 200 OK\r\n",
                "HTTP/1.1 200"
            })
    void anUnexpectedResponseFailsAndEndsTheConnection(String line) {
        loop.statusLine = line;
        assertThatThrownBy(loop::ask).rootCause().isNotInstanceOf(TimeoutException.class);
        soon(() -> loop.closed.size() == 1);
    }

    @Test
    void aResponseBeforeItsRequestClosesTheConnection() {
        UpstreamConnection connection = loop.lend();
        soon(() -> loop.opened.size() == 1);
        Future<UpstreamResponse> answer = loop.run(() -> {
            UpstreamRequest request = ConnectionsLoop.request(connection, HttpMethod.GET);
            loop.opened.get(0).write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
            return request.response();
        });
        assertThatThrownBy(() -> Gatehouse.await(answer)).rootCause().isInstanceOf(HttpClosedException.class);
        soon(() -> loop.closed.size() == 1);
    }

    @Test
    void theResponseToHeadHasNoBody() {
        UpstreamConnection connection = loop.lend();
        Future<String> body = loop.run(() -> {
            UpstreamRequest request = ConnectionsLoop.request(connection, HttpMethod.HEAD);
            loop.bodyless = true;
            Future<String> whole = ConnectionsLoop.body(request);
            request.begin(Framing.NONE);
            request.end();
            return whole;
        });
        assertThat(Gatehouse.await(body)).isEmpty();
        loop.bodyless = false;
        assertThat(loop.ask()).isEqualTo("1");
    }

    @Test
    void aConnectionIsNotUsedAgainBeforeItsRequestHasEnded() {
        UpstreamConnection connection = loop.lend();
        Future<String> early = loop.run(() -> {
            UpstreamRequest request = ConnectionsLoop.request(connection, HttpMethod.POST);
            request.begin(Framing.ofLength(10));
            Future<String> whole = ConnectionsLoop.body(request);
            request.write(Buffer.buffer("half"));
            return whole;
        });
        Gatehouse.await(early);
        soon(() -> loop.closed.size() == 1);
        assertThat(loop.ask()).isEqualTo("2");
    }

    @Test
    void aResponseThatIsAbortedBeforeItIsReadFailsItsReader() {
        UpstreamConnection connection = loop.lend();
        Exception left = new Exception("the client left");
        Future<String> body = loop.run(() -> {
            UpstreamRequest request = ConnectionsLoop.request(connection, HttpMethod.GET);
            request.response().onSuccess(head -> request.abort(left));
            Future<String> whole = ConnectionsLoop.body(request);
            request.begin(Framing.NONE);
            request.end();
            return whole;
        });
        soon(body::isComplete);
        assertThat(body.cause()).isSameAs(left);
    }

    @Test
    void theConnectionsEndWithTheVerticle() {
        loop.ask();
        loop.undeploy();
        soon(() -> loop.closed.size() == 1);
    }

    @Test
    void anotherServerNameHasConnectionsOfItsOwnOnlyWithTls() {
        SocketAddress server = SocketAddress.inetSocketAddress(443, "127.0.0.1");
        Supplier<ClientSSLOptions> tls = () -> new ClientSSLOptions().setTrustAll(true);
        assertThat(UpstreamAddress.of(server, "a", 1, null)).isEqualTo(UpstreamAddress.of(server, "b", 2, null));
        assertThat(UpstreamAddress.of(server, "a", 1, tls.get()))
                .isEqualTo(UpstreamAddress.of(server, "a", 1, tls.get()))
                .isNotEqualTo(UpstreamAddress.of(server, "b", 1, tls.get()))
                .isNotEqualTo(UpstreamAddress.of(server, "a", 1, null));
    }
}
