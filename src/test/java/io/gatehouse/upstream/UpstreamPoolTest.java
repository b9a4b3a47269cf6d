package io.gatehouse.upstream;

import static io.gatehouse.upstream.ConnectionsLoop.ONE;
import static io.gatehouse.upstream.ConnectionsLoop.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.testing.Gatehouse;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiting for a connection: the limits, the order and the failures. */
class UpstreamPoolTest {
    private ConnectionsLoop loop = new ConnectionsLoop(ONE);

    private void restart(UpstreamConnections.Limits limits) {
        loop.close();
        loop = new ConnectionsLoop(limits);
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void poolLimitsConnectionsAndWaiters() {
        restart(ConnectionsLoop.limits(2, 1, Duration.ofSeconds(30)));
        UpstreamConnection one = loop.lend();
        loop.lend();
        Future<UpstreamConnection> waiting = loop.lendSoon();
        Future<UpstreamConnection> tooMany = loop.lendSoon();
        assertThatThrownBy(() -> Gatehouse.await(tooMany))
                .rootCause()
                .isInstanceOf(ConnectionPoolTooBusyException.class);
        loop.giveBack(one);
        assertThat(Gatehouse.await(waiting)).isSameAs(one);
        soon(() -> loop.opened.size() == 2);
    }

    @Test
    void poolTimesOutAWaiterWithNoFreeConnection() {
        UpstreamConnection lent = loop.lend();
        assertThatThrownBy(() -> Gatehouse.await(loop.lend(loop.address(), 20)))
                .rootCause()
                .isInstanceOf(NoFreeConnection.class);
        loop.giveBack(lent);
        assertThat(loop.lend()).isSameAs(lent);
    }

    @Test
    void aWaiterThatLeavesMakesRoomForAnother() {
        restart(ConnectionsLoop.limits(1, 1, Duration.ofSeconds(30)));
        UpstreamConnection lent = loop.lend();
        UpstreamConnections.Waiting leaving = loop.queue();
        Gatehouse.await(loop.run(() -> {
            leaving.leave();
            return Future.succeededFuture();
        }));
        assertThat(leaving.connection().failed()).isTrue();
        Future<UpstreamConnection> other = loop.lendSoon();
        loop.giveBack(lent);
        assertThat(Gatehouse.await(other)).isSameAs(lent);
    }

    @Test
    void poolServesWaitersInFifoOrder() {
        UpstreamConnection lent = loop.lend();
        Future<UpstreamConnection> first = loop.lendSoon();
        Future<UpstreamConnection> second = loop.lendSoon();
        loop.giveBack(lent);
        assertThat(Gatehouse.await(first)).isSameAs(lent);
        assertThat(second.isComplete()).isFalse();
        loop.giveBack(lent);
        assertThat(Gatehouse.await(second)).isSameAs(lent);
    }

    @Test
    void aWaiterReceivesANewConnectionWhenTheOneInUseEnds() {
        UpstreamConnection lent = loop.lend();
        Future<UpstreamConnection> waiting = loop.lendSoon();
        soon(() -> loop.opened.size() == 1);
        loop.opened.get(0).close();
        assertThat(Gatehouse.await(waiting.compose(loop::number))).isEqualTo("2");
        assertThat(Gatehouse.await(waiting)).isNotSameAs(lent);
    }

    @Test
    void aRefusedConnectionFailsEveryWaiter() {
        UpstreamAddress refusing = loop.address();
        loop.refuse();
        List<Future<UpstreamConnection>> waiting =
                List.of(loop.lend(refusing, 10_000), loop.lend(refusing, 10_000), loop.lend(refusing, 10_000));
        waiting.forEach(one ->
                assertThatThrownBy(() -> Gatehouse.await(one)).rootCause().isInstanceOf(ConnectException.class));
        soon(loop::knowsNoAddress);
    }

    @Test
    void aTimedOutWaiterLeavesItsConnectionToTheNext() {
        Promise<Void> go = Promise.promise();
        UpstreamAddress deaf = loop.deaf(go.future());
        assertThatThrownBy(() -> Gatehouse.await(loop.lend(deaf, 20)))
                .rootCause()
                .isInstanceOf(ConnectTimeoutException.class);
        Future<UpstreamConnection> next = loop.lend(deaf, 10_000);
        go.complete();
        assertThat(Gatehouse.await(next.compose(loop::number))).isEqualTo("1");
        assertThat(Gatehouse.await(loop.lend(deaf, 10_000).compose(loop::number)))
                .isEqualTo("1");
    }

    /** Clients decide when a connection ends, so they could make a healthy target look slow to connect. */
    @Test
    void aConnectThatBeganDuringTheWaitIsNotItsFailure() {
        Promise<Void> never = Promise.promise();
        Queue<Future<Void>> told = new ConcurrentLinkedQueue<>(List.of(Future.<Void>succeededFuture(), never.future()));
        UpstreamAddress address = loop.deaf(told::remove);
        UpstreamConnection lent = Gatehouse.await(loop.lend(address, 10_000));
        Future<UpstreamConnection> waiting = loop.lend(address, 300);
        Gatehouse.await(loop.run(() -> {
            lent.close();
            return Future.succeededFuture();
        }));
        soon(told::isEmpty);
        assertThatThrownBy(() -> Gatehouse.await(waiting))
                .rootCause()
                .isInstanceOfSatisfying(
                        NoFreeConnection.class,
                        wait -> assertThat(wait.isConnecting()).isTrue());
    }

    @Test
    void bytesAfterTheEndOfAResponseBelongToNoOther() {
        UpstreamConnection first = loop.lend();
        Future<UpstreamConnection> waiting = loop.lendSoon();
        loop.afterwards = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
        assertThat(Gatehouse.await(loop.number(first))).isEqualTo("1");
        loop.afterwards = "";
        assertThat(Gatehouse.await(waiting.compose(loop::number))).isEqualTo("2");
    }
}
