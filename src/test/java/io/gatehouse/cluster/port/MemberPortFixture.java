package io.gatehouse.cluster.port;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.hazelcast.config.Config;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

/** Starts members behind a member port, and records the log of refused peers. */
abstract class MemberPortFixture {
    static final int ACCEPT_MILLIS = 60_000;
    static final Duration LONG = Duration.ofSeconds(60);

    final int port = FreePort.next();
    final Identity identity = identity("a secret of more than thirty-two characters");
    final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    final ListAppender<ILoggingEvent> log = new ListAppender<>();
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

    static Identity identity(String secret) {
        return ClusterKeys.of(new ClusterConfig(
                        true, "member-port-test", new ListenAddress("127.0.0.1", 0), List.of(), null, secret))
                .memberPort();
    }

    HazelcastInstance start(MemberPort memberPort, int bind, @Nullable Integer seed) {
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

    HazelcastInstance start() {
        return start(MemberPort.guardedBy(identity), port, null);
    }

    List<String> logged() {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    SSLSocket connect(Identity shown, Socket socket) throws IOException {
        SSLSocket tls = (SSLSocket)
                new MemberTls(shown).context().getSocketFactory().createSocket(socket, "127.0.0.1", port, true);
        tls.setEnabledProtocols(new String[] {"TLSv1.3"});
        return tls;
    }
}
