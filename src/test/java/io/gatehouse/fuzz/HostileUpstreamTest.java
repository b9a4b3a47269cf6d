package io.gatehouse.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.fuzz.Misbehaviours.Misbehaviour;
import io.gatehouse.fuzz.wire.ResponseReader;
import io.gatehouse.fuzz.wire.Wire;
import java.io.BufferedInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Checks that no byte of a malformed upstream response reaches another client. */
class HostileUpstreamTest {
    private static final long SEED = 9_112;
    private static final long SECONDS = 8;

    @Test
    void eachClientGetsItsOwnResponseOrACleanError() throws Exception {
        run(Long.getLong("fuzz.seed", SEED), Duration.ofSeconds(Long.getLong("fuzz.seconds", SECONDS)));
    }

    @Test
    void theUpstreamRespondsToARequest_thatArrivesWithTheRestOfABody() throws Exception {
        List<Misbehaviour> ways = Misbehaviours.all();
        String early = "POST /open/m1-0/" + number(ways, "before the request's body") + " HTTP/1.1\r\nHost: a.test\r\n";
        String next = "HEAD /open/m2-0/" + number(ways, "sound, after 103") + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
        try (HostileUpstream upstream = new HostileUpstream(ways);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), upstream.port())) {
            socket.setSoTimeout(10_000);
            ResponseReader responses = new ResponseReader(new BufferedInputStream(socket.getInputStream()));
            socket.getOutputStream().write(Wire.bytes(early + "Content-Length: 5\r\n\r\n"));
            assertThat(Objects.requireNonNull(responses.next(false)).value("x-marker"))
                    .isEqualTo("m1-0");
            socket.getOutputStream().write(Wire.bytes("abcde" + next));
            assertThat(Objects.requireNonNull(responses.next(true)).value("x-marker"))
                    .isEqualTo("m2-0");
        }
    }

    private static int number(List<Misbehaviour> ways, String name) {
        return ways.stream().map(Misbehaviour::name).toList().indexOf(name);
    }

    static void run(long seed, Duration limit) throws Exception {
        long from = Long.getLong("fuzz.from", 0);
        long most = Long.getLong("fuzz.cases", Long.MAX_VALUE);
        try (UpstreamFuzz fuzz = new UpstreamFuzz()) {
            Counts.print(fuzz.run(seed, from, most, limit));
            assertThat(fuzz.findings().isEmpty())
                    .as(
                            "seed %d (again: mvn verify -Dtest=HostileUpstreamTest -Dfuzz.seed=%d)%s",
                            seed, seed, fuzz.findings().report())
                    .isTrue();
        }
    }
}
