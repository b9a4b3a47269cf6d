package io.gatehouse.cluster.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.hazelcast.config.Config;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.cluster.HostilePeer;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests the member port with peers that speak TLS, or begin to. */
class MemberPortTest {
    private static final int PACE_MILLIS = 100;
    private static final int ACCEPT_MILLIS = 60_000;
    private static final int RESETS = 20;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final int port = freePort();
    private final Identity identity = identity("a secret of more than thirty-two characters");
    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<HazelcastInstance> members = new ArrayList<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    private static Identity identity(String secret) {
        return ClusterKeys.of(new ClusterConfig(
                        true, "member-port-test", new ListenAddress("127.0.0.1", 0), List.of(), null, secret))
                .memberPort();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private HazelcastInstance start(MemberPort memberPort, int bind, @Nullable Integer seed) {
        Config config = new Config().setClusterName("member-port-test");
        config.setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.max.join.seconds", "20");
        ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig();
        endpoint.setPort(bind).getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getAdvancedNetworkConfig().setEnabled(true).setMemberEndpointConfig(endpoint);
        config.getAdvancedNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getAdvancedNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true);
        if (seed != null) {
            config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().addMember("127.0.0.1:" + seed);
        }
        HazelcastInstance member = memberPort.start(config);
        members.add(member);
        return member;
    }

    private HazelcastInstance start() {
        return start(MemberPort.guardedBy(identity), port, null);
    }

    private List<String> logged() {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private SSLSocket connect(Identity shown, Socket socket) throws IOException {
        SSLSocket tls = (SSLSocket)
                new MemberTls(shown).context().getSocketFactory().createSocket(socket, "127.0.0.1", port, true);
        tls.setEnabledProtocols(new String[] {"TLSv1.3"});
        return tls;
    }

    @Test
    void twoMembersWithOneKey_formACluster() {
        HazelcastInstance one = start();
        HazelcastInstance other = start(MemberPort.guardedBy(identity), freePort(), port);

        assertThat(one.getCluster().getMembers()).hasSize(2);
        // Many records in both directions.
        byte[] large = new byte[1_000_000];
        Arrays.fill(large, (byte) 7);
        for (int key = 0; key < 20; key++) {
            other.getMap("large").set(key, large);
        }
        for (int key = 0; key < 20; key++) {
            assertThat((byte[]) one.getMap("large").get(key)).isEqualTo(large);
        }
    }

    @Test
    void memberWithAnotherKey_isNamedByBothMembers() {
        start();
        MemberPort stranger = MemberPort.guardedBy(identity("another secret of more than thirty-two"));
        HazelcastInstance alone = start(stranger, freePort(), port);

        assertThat(alone.getCluster().getMembers()).hasSize(1);
        assertThat(stranger.lastRefusal()).isEqualTo(Reasons.OTHER_KEY);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(logged())
                        .contains("refused member at 127.0.0.1: " + Reasons.REFUSED)
                        .anyMatch(
                                line -> line.equals("refused member at 127.0.0.1:" + port + ": " + Reasons.OTHER_KEY)));
    }

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

    @Test
    void memberOfAnotherMinorVersion_isNamedByBothMembers() {
        start();
        MemberPort older = MemberPort.guardedBy(identity, new Introduction(1, "5.3.8"));
        HazelcastInstance alone = start(older, freePort(), port);

        assertThat(alone.getCluster().getMembers()).hasSize(1);
        assertThat(older.lastRefusal()).startsWith("it runs Hazelcast 5.7.0 and this node 5.3.8");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(logged())
                        .anyMatch(line -> line.startsWith(
                                "refused member at 127.0.0.1: it runs Hazelcast 5.3.8 and this node 5.7.0")));
    }

    /** Hazelcast sends the same bytes at an unguarded port. */
    @Test
    void memberWithoutTls_receivesHazelcastsRejection() throws IOException {
        start();
        try (Socket socket = connect()) {
            socket.getOutputStream().write("HZC".getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().readAllBytes()).isEqualTo("HZX".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(logged()).contains("refused member at 127.0.0.1: " + Reasons.STRANGER);
    }

    @Test
    void memberThatDoesNotAuthenticate_isNamedByThePeerThatConnects() throws IOException {
        try (ServerSocket older = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            older.setSoTimeout(ACCEPT_MILLIS);
            Thread replying = new Thread(() -> {
                try (Socket socket = older.accept()) {
                    socket.getInputStream().readNBytes(3);
                    socket.getOutputStream().write("HZX".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            replying.start();
            start(MemberPort.guardedBy(identity), port, older.getLocalPort());
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(logged())
                            .contains("refused member at 127.0.0.1:" + older.getLocalPort() + ": " + Reasons.STRANGER));
        }
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
        assertThat(logged()).contains("refused member at 127.0.0.1: " + Reasons.late(5));
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

    @Test
    void nodeWithoutACluster_opensNoPort() throws IOException {
        List<String> before = Listeners.ofThisProcess();
        HazelcastInstance member = start(MemberPort.closed(), 0, null);

        assertThat(member.getCluster().getMembers()).hasSize(1);
        member.getMap("map").set("key", "value");
        assertThat(member.getMap("map").get("key")).isEqualTo("value");
        assertThat(Listeners.ofThisProcess()).isSubsetOf(before);
    }
}
