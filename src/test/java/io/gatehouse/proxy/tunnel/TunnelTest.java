package io.gatehouse.proxy.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.proxy.client.ImpatientProxy;
import io.gatehouse.proxy.flood.Flood;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A WebSocket after its handshake: its bounds and its end. */
class TunnelTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofSeconds(4);
    private static final String PING = "\u0089\u0080\1\2\3\4";
    private static final String PONG = "\u008a\0";
    /** 1001, as a client receives it (RFC 6455 §5.5.1). */
    private static final String GOING_AWAY = "\u0088\2\3\u00e9";

    /** Less than two connections hold whose peers do not read. */
    private static final long UNSENT_BYTES = 100 * 1024;

    /** Less than the first reads of {@link #MANY} connections. */
    private static final long EARLY_BYTES = 16 * 1024;

    private static final int MANY = 12;
    private static final String EARLY = "a".repeat(32 * 1024);

    private static final long CARRIED_BYTES = 10L * 1024 * 1024;

    private RawUpstream upstream;

    @BeforeEach
    void start() {
        upstream = new RawUpstream();
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private static void isEnded(Socket socket) {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void aClientThatFloodsAnUpstreamThatDoesNotReadIsHeldBackAndThenClosed() throws Exception {
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.port(), SHORT);
                Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = upstream.tunnel();
            isHeldBackAndThenCutOff(new Flood(client), proxy);
            assertThat(tunnel.isClosed()).isFalse();
        }
    }

    @Test
    void anUpstreamThatFloodsAClientThatDoesNotReadIsHeldBackAndThenClosed() throws Exception {
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.port(), SHORT);
                Socket client = RawHandshake.open(proxy.port(), "/api")) {
            isHeldBackAndThenCutOff(new Flood(upstream.tunnel()), proxy);
            assertThat(client.isClosed()).isFalse();
        }
    }

    private static void isHeldBackAndThenCutOff(Flood flood, ImpatientProxy proxy) {
        await().atMost(Duration.ofSeconds(60)).until(flood::isEnded);
        // What the systems' buffers take, and the gateway's.
        assertThat(flood.bytes()).isLessThan(Flood.BYTES / 2);
        await().until(() -> proxy.counters().requestsInFlight() == 0);
    }

    @Test
    void webSocketsWhosePeersDoNotReadAreResetBeyondTheLimitOfAllTogether() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), UNSENT_BYTES)) {
            List<Flood> floods = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                Socket client = RawHandshake.open(proxy.port(), "/api");
                clients.add(client);
                Socket tunnel = upstream.tunnel();
                // Half of them hold the bytes of the client, the others those of the upstream.
                floods.add(new Flood(i % 2 == 0 ? client : tunnel));
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> floods.stream().filter(Flood::isEnded).count() >= MANY / 2);
            Flood.awaitStandstill(() -> floods.stream().filter(Flood::isEnded).count());
            // Those that fit stay open.
            assertThat(floods).anyMatch(flood -> !flood.isEnded());
            await().until(() -> proxy.counters().requestsInFlight()
                    == floods.stream().filter(flood -> !flood.isEnded()).count());
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void handshakesWithBytesBehindThemAreClosedBeyondTheLimitOfAllTogether() throws Exception {
        upstream.behave((head, socket) -> {});
        List<Socket> clients = new ArrayList<>();
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), EARLY_BYTES)) {
            for (int i = 0; i < MANY; i++) {
                Socket client = RawHandshake.connect(proxy.port());
                clients.add(client);
                RawUpstream.write(client, RawHandshake.request("/api"));
                int asked = i + 1;
                await().until(() -> upstream.heads().size() == asked);
                RawUpstream.write(client, EARLY);
            }
            // The oldest ones are closed.
            isEnded(clients.get(0));
            isEnded(clients.get(1));
            await().until(() -> proxy.counters().requestsInFlight() < MANY - 1);
            assertThat(proxy.counters().requestsInFlight()).isPositive();
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aReaderThatResumesReceivesEveryByte() throws Exception {
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.port(), LONG);
                Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = upstream.tunnel();
            Flood there = new Flood(client, CARRIED_BYTES);
            Flood back = new Flood(tunnel, CARRIED_BYTES);
            CompletableFuture<Void> arrived = CompletableFuture.runAsync(() -> skip(tunnel));
            skip(client);
            arrived.join();
            await().until(() -> there.isEnded() && back.isEnded());
        }
    }

    private static void skip(Socket socket) {
        try {
            socket.getInputStream().skipNBytes(CARRIED_BYTES);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anIdleTunnelIsClosedOnBothSides() throws Exception {
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.port(), Duration.ofMillis(500));
                Socket client = RawHandshake.open(proxy.port(), "/api")) {
            isEnded(client);
            isEnded(upstream.tunnel());
            await().until(() -> proxy.counters().requestsInFlight() == 0);
        }
    }

    @Test
    void pingsKeepATunnelOpen() throws Exception {
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.port(), SHORT);
                Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = upstream.tunnel();
            long end = System.nanoTime() + SHORT.multipliedBy(2).toNanos();
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> {
                        RawUpstream.write(client, PING);
                        assertThat(RawUpstream.read(tunnel, PING.length())).isEqualTo(PING);
                        return System.nanoTime() > end;
                    });
            RawUpstream.write(tunnel, PONG);
            assertThat(RawUpstream.read(client, PONG.length())).isEqualTo(PONG);
        }
    }

    @Test
    void aSideThatEndsItsOutputStillReceives() throws Exception {
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.port(), LONG);
                Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = upstream.tunnel();
            RawUpstream.write(client, "last");
            client.shutdownOutput();
            assertThat(RawUpstream.read(tunnel, 100)).isEqualTo("last");
            byte[] rest = new byte[5_000_000];
            tunnel.getOutputStream().write(rest);
            tunnel.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).hasSize(rest.length);
            await().until(() ->
                    proxy.counters().requestsInFlight() == 0 && proxy.counters().connectionsActive() == 0);
        }
    }

    @Test
    void noEndOfATunnelIsLoggedAsAnError() throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                    logged.add(event.toString());
                }
            }
        };
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.port(), LONG)) {
            for (boolean clientEnds : new boolean[] {true, false}) {
                for (boolean reset : new boolean[] {true, false}) {
                    Socket client = RawHandshake.open(proxy.port(), "/api");
                    Socket tunnel = upstream.tunnel();
                    Socket ending = clientEnds ? client : tunnel;
                    if (reset) {
                        ending.setSoLinger(true, 0);
                    }
                    ending.close();
                    isEnded(clientEnds ? tunnel : client);
                    client.close();
                    tunnel.close();
                    await().until(() -> proxy.counters().requestsInFlight() == 0);
                }
            }
        } finally {
            root.detachAppender(appender);
        }
        assertThat(logged).isEmpty();
    }

    @Test
    void theDrainSendsBothSidesACloseFrame() throws Exception {
        ImpatientProxy proxy = new ImpatientProxy(upstream.port(), LONG, Duration.ofSeconds(30));
        try (Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = upstream.tunnel();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(proxy::close);
            assertThat(RawUpstream.read(client, 4)).isEqualTo(GOING_AWAY);
            String masked = RawUpstream.read(tunnel, 8);
            assertThat(masked).startsWith("\u0088\u0082");
            assertThat(masked.charAt(6) ^ masked.charAt(2)).isEqualTo(0x03);
            assertThat(masked.charAt(7) ^ masked.charAt(3)).isEqualTo(0xE9);

            RawUpstream.write(client, "\u0088\u0082\0\0\0\0\3\u00e9");
            RawUpstream.write(tunnel, GOING_AWAY);
            isEnded(client);
            isEnded(tunnel);
            closing.join();
        }
    }

    @Test
    void theDrainWaitsForTheEndOfAFrame() throws Exception {
        ImpatientProxy proxy = new ImpatientProxy(upstream.port(), LONG, Duration.ofSeconds(60));
        try (Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = upstream.tunnel();
            RawUpstream.write(tunnel, "\u0082\4ha");
            assertThat(RawUpstream.read(client, 4)).isEqualTo("\u0082\4ha");
            CompletableFuture<Void> closing = CompletableFuture.runAsync(proxy::close);
            assertThat(RawUpstream.read(tunnel, 8)).startsWith("\u0088\u0082");
            RawUpstream.write(tunnel, "lf\u0082\1x");
            assertThat(RawUpstream.read(client, 6)).isEqualTo("lf" + GOING_AWAY);
            // Without a reply too, the gateway closes soon.
            isEnded(client);
            closing.join();
        }
    }

    @Test
    void anUnfinishedFrameIsCutAtTheEndOfTheDrain() throws Exception {
        ImpatientProxy proxy = new ImpatientProxy(upstream.port(), LONG, Duration.ofSeconds(1));
        try (Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = upstream.tunnel();
            RawUpstream.write(tunnel, "\u0082\4ha");
            assertThat(RawUpstream.read(client, 4)).isEqualTo("\u0082\4ha");
            proxy.close();
            isEnded(client);
        }
    }
}
