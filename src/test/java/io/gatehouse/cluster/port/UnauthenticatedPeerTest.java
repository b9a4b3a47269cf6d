package io.gatehouse.cluster.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.cluster.HostilePeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests the member port with peers that do not authenticate, although they may speak TLS. */
class UnauthenticatedPeerTest extends MemberPortFixture {
    private static final int PACE_MILLIS = 100;
    private static final int RESETS = 20;

    @Test
    void clientWithAnotherKey_isRefused() throws IOException {
        start();
        try (SSLSocket tls = (SSLSocket) Trusting.context(identity("another secret of more than thirty-two"))
                .getSocketFactory()
                .createSocket(connect(), "127.0.0.1", port, true)) {
            assertThatThrownBy(() -> {
                        tls.startHandshake();
                        tls.getInputStream().read();
                    })
                    .isInstanceOfAny(SSLException.class, SocketException.class);
        }
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(logged()).contains("refused member at 127.0.0.1: " + Reasons.OTHER_KEY));
    }

    @Test
    void clientWithoutACertificate_isRefused() throws IOException {
        start();
        try (SSLSocket tls = (SSLSocket)
                Trusting.context(null).getSocketFactory().createSocket(connect(), "127.0.0.1", port, true)) {
            assertThatThrownBy(() -> {
                        tls.startHandshake();
                        tls.getInputStream().read();
                    })
                    .isInstanceOfAny(SSLException.class, SocketException.class);
        }
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(logged()).contains("refused member at 127.0.0.1: " + Reasons.STRANGER));
    }

    /** Hazelcast sends the same bytes at an unguarded port. */
    @Test
    void memberWithoutTls_receivesHazelcastsRejection() throws IOException {
        start();
        try (Socket socket = connect()) {
            socket.getOutputStream().write("HZC".getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().readAllBytes()).isEqualTo("HZX".getBytes(StandardCharsets.US_ASCII));
        }
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(logged()).contains("refused member at 127.0.0.1: " + Reasons.STRANGER));
    }

    /** The deadline counts from the start, so slow bytes do not keep the connection open. */
    @Test
    void slowHandshake_isClosedAtItsDeadline() throws IOException {
        start();
        byte[] hello = new RecordedConnection(identity, port).hello();
        long begun = System.nanoTime();
        try (Socket socket = connect()) {
            assertThat(isClosedWhile(socket, Arrays.copyOf(hello, hello.length - 1)))
                    .isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofSeconds(4), LONG);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(logged()).contains("refused member at 127.0.0.1: " + Reasons.late(5)));
    }

    /** Sends one byte at a time until the peer closes. */
    private static boolean isClosedWhile(Socket socket, byte[] bytes) throws IOException {
        socket.setSoTimeout(PACE_MILLIS);
        for (byte next : bytes) {
            if (isClosedAfter(socket, next)) {
                return true;
            }
        }
        return HostilePeer.isClosed(socket);
    }

    private static boolean isClosedAfter(Socket socket, byte next) throws IOException {
        try {
            socket.getOutputStream().write(next);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void recordedConnection_cannotBeReplayed() throws IOException {
        start();
        byte[] recorded;
        try (RecordedConnection member = new RecordedConnection(identity, port)) {
            member.authenticate();
            recorded = member.sent();
        }
        assertThat(recorded).hasSizeGreaterThan(500);

        try (Socket socket = connect()) {
            HostilePeer.send(socket, recorded);
            assertThat(HostilePeer.isClosed(socket)).isTrue();
        }
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(logged()).contains("refused member at 127.0.0.1: " + Reasons.STRANGER));
    }

    @Test
    void peerThatReflectsBytes_isRefused() throws Exception {
        try (ServerSocket mirror = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            mirror.setSoTimeout(ACCEPT_MILLIS);
            Thread reflecting = new Thread(() -> {
                try (Socket socket = mirror.accept()) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException e) {
                    // The member has reset the connection, which ends it as well.
                    logger.debug("reset", e);
                }
            });
            reflecting.start();
            HazelcastInstance member = start(MemberPort.guardedBy(identity), port, mirror.getLocalPort());

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(logged())
                            .contains(
                                    "refused member at 127.0.0.1:" + mirror.getLocalPort() + ": " + Reasons.STRANGER));
            assertThat(member.getCluster().getMembers()).hasSize(1);
            reflecting.join(ACCEPT_MILLIS);
            assertThat(reflecting.isAlive()).isFalse();
        }
    }

    /** Bytes that an attacker in the network injects end the connection. */
    @Test
    void injectedBytes_endAnAuthenticatedConnection() throws IOException {
        start();
        try (RecordedConnection member = new RecordedConnection(identity, port)) {
            member.authenticate();
            member.inject(
                    new byte[] {23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
                    });

            assertThat(member.isEnded()).isTrue();
        }
    }

    /** Any process can open and reset connections. */
    @Test
    void unauthenticatedPeerThatResets_causesNoStackTrace() throws IOException {
        start();
        Logger connections = (Logger) LoggerFactory.getLogger("com.hazelcast.internal.server.tcp.TcpServerConnection");
        Level level = connections.getLevel();
        connections.setLevel(Level.INFO);
        connections.addAppender(log);
        try {
            for (int i = 0; i < RESETS; i++) {
                try (Socket socket = connect()) {
                    socket.getOutputStream().write(new byte[] {22, 3, 1, 1, 0, 1});
                    socket.setSoLinger(true, 0);
                }
            }

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(log.list)
                            .filteredOn(line -> line.getFormattedMessage().contains("closed. Reason"))
                            .hasSizeGreaterThanOrEqualTo(RESETS)
                            .allMatch(line -> line.getLevel() == Level.INFO && line.getThrowableProxy() == null));
        } finally {
            connections.detachAppender(log);
            connections.setLevel(level);
        }
    }

    @Test
    void malformedIntroduction_isRefused() throws IOException {
        start();
        try (SSLSocket tls = connect(identity, connect())) {
            tls.getOutputStream().write("x".repeat(Introduction.MAX_BYTES + 1).getBytes(StandardCharsets.US_ASCII));

            assertThat(HostilePeer.isClosed(tls)).isTrue();
        }
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(logged()).contains("refused member at 127.0.0.1: " + Reasons.MALFORMED));
    }
}
