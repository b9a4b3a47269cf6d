package io.gatehouse.proxy.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.proxy.client.ImpatientProxy;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests a WebSocket of which one side has ended its output, and the other one sends nothing. */
class HalfClosedTunnelTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofMinutes(10);

    @Test
    void aHalfClosedTunnelWithoutBytesEndsAfter10Seconds() throws Exception {
        try (RawUpstream upstream = new RawUpstream();
                ImpatientProxy proxy = new ImpatientProxy(upstream.port(), LONG);
                Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = upstream.tunnel();
            long ended = System.nanoTime();
            client.shutdownOutput();
            assertThat(tunnel.getInputStream().read()).isNegative();
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(Duration.ofNanos(System.nanoTime() - ended)).isGreaterThan(LIMIT);
        }
    }
}
