package io.gatehouse.proxy.stream;

import static io.gatehouse.proxy.stream.StreamNode.TLS;
import static io.gatehouse.proxy.stream.StreamNode.assertClosed;
import static io.gatehouse.proxy.stream.StreamNode.assertEchoes;
import static io.gatehouse.proxy.stream.StreamNode.subject;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.telemetry.StreamEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first bytes of a connection on a listener with TLS (docs/reference/limits.md#stream-listeners). */
class ClientHelloTest {
    private static StreamNode node;
    private static TcpUpstream echo;

    @BeforeAll
    static void start() {
        node = new StreamNode();
        echo = TcpUpstream.start(TcpUpstream::echo);
        node.route(node.service("tcp", echo.port()), TLS, "tls");
        node.named(node.service("tcp", echo.port()), "tls_passthrough", "pass.test");
    }

    @AfterAll
    static void stop() {
        node.close();
        echo.close();
    }

    private static void assertRejected(byte[] bytes) throws IOException {
        int before = echo.accepted();
        try (Socket client = node.connect(TLS)) {
            client.getOutputStream().write(bytes);
            assertClosed(client);
            StreamEntry entry = node.lines.of(client);
            assertThat(entry.end()).isEqualTo("handshake");
            assertThat(entry.serverName()).isNull();
            assertThat(entry.sentBytes()).isZero();
        }
        assertThat(echo.accepted()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "\0\0\0\0\0\0\0\0",
                "\u0016\u0003\u0001\0\0",
                "\u0015\u0003\u0001\0\u0002\u0002\0"
            })
    void otherBytesThanAClientHelloEndTheConnectionWithoutAByte(String bytes) throws IOException {
        assertRejected(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void aClientHelloBeyondTheLimitEndsTheConnection() throws IOException {
        assertRejected(fill(Hello.announcing(ClientHelloReader.MAX_BYTES + 1)));
        assertRejected(fill(Hello.announcing(0xFFFFFF)));
    }

    private static byte[] fill(byte[] start) {
        byte[] record = new byte[5 + 0x4000];
        System.arraycopy(start, 0, record, 0, start.length);
        return record;
    }

    @Test
    void aServerNameWithOtherCharactersThanANameHasEndsTheConnection() throws IOException {
        byte[] hello = Hello.of("pass.test");
        String text = new String(hello, StandardCharsets.ISO_8859_1);
        int name = text.indexOf("pass.test");
        assertThat(name).isPositive();
        for (char c : new char[] {'\n', '\0', ' ', '/', '\u001b', '\u00e9'}) {
            byte[] changed = hello.clone();
            changed[name] = (byte) c;
            assertRejected(changed);
        }
    }

    @Test
    void aClientHelloInManyRecordsIsRouted() throws IOException {
        byte[] hello = Hello.inSmallRecords("pass.test");
        try (Socket client = node.connect(TLS)) {
            client.getOutputStream().write(hello);
            assertThat(client.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
        }
    }

    /** The reader would read thousands of records again after each byte, on the event loop of other connections. */
    @Test
    void aClientHelloInTinyRecordsEndsTheConnection() throws IOException {
        byte[] hello = Hello.inRecords("pass.test", 1);
        assertThat(hello.length / 6).isGreaterThan(ClientHelloReader.MAX_RECORDS);
        assertRejected(hello);
    }

    @Test
    void aRecordThatAnnouncesMoreThanTlsAllowsEndsTheConnectionBeforeItArrives() throws IOException {
        long began = System.nanoTime();
        assertRejected(new byte[] {22, 3, 1, 0x40, 1, 1});
        assertThat(System.nanoTime() - began).isLessThan(ClientHelloReader.TIMEOUT.toNanos());
    }

    @Test
    void aHandshakeByteByByteIsServed() throws IOException, InterruptedException {
        try (ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket outer = new Socket(relay.getInetAddress(), relay.getLocalPort());
                Socket inner = relay.accept();
                Socket gateway = node.connect(TLS)) {
            Thread there = copying(inner, gateway);
            copying(gateway, inner);
            try (SSLSocket client = StreamNode.overTls(outer, "slow.test", "TLSv1.3")) {
                assertThat(subject(client)).isEqualTo("CN=localhost");
                assertEchoes(client);
            }
            there.join(TimeUnit.SECONDS.toMillis(30));
        }
    }

    /** Copies each byte with a write of its own. */
    private static Thread copying(Socket from, Socket to) {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (int b = from.getInputStream().read();
                                b >= 0;
                                b = from.getInputStream().read()) {
                            to.getOutputStream().write(b);
                        }
                    } catch (IOException closed) {
                        // The test is over.
                    }
                },
                "relay of a test");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void aClientThatLeavesInItsClientHelloIsCountedAsSuch() throws IOException {
        byte[] hello = Hello.of("pass.test");
        try (Socket client = node.connect(TLS)) {
            client.getOutputStream().write(hello, 0, 20);
            client.shutdownOutput();
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("client_left");
        }
    }

    /** The limit is the gateway's own, 10 s. */
    @Test
    void thousandsOfHalfClientHellosEndInTimeAndLeaveOtherClientsServed() throws IOException {
        byte[] hello = Hello.of("pass.test");
        List<Socket> half = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                Socket client = node.connect(TLS);
                client.getOutputStream().write(hello, 0, 1 + i % (hello.length - 1));
                half.add(client);
            }
            try (SSLSocket good = node.connectTls("good.test", "TLSv1.3")) {
                assertEchoes(good);
            }
            long began = System.nanoTime();
            for (Socket client : half) {
                assertClosed(client);
                assertThat(node.lines.of(client).end()).isEqualTo("handshake");
            }
            assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(60));
        } finally {
            for (Socket client : half) {
                client.close();
            }
        }
    }
}
