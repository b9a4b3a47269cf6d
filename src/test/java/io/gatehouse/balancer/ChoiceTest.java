package io.gatehouse.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.Target;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The algorithms; docs/reference/proxy.md#upstreams-and-targets. */
class ChoiceTest {
    private static Peer peer(int number, int weight) {
        Target target = new Target(new UUID(0, number), new UUID(0, 0), "peer-" + number + ".test:80", weight);
        SocketAddress address = SocketAddress.inetSocketAddress(80, "192.0.2." + number);
        return new Peer(target, address, null, new Health(), new Load());
    }

    private static List<Peer> peers(int... weights) {
        return IntStream.range(0, weights.length)
                .mapToObj(i -> peer(i + 1, weights[i]))
                .toList();
    }

    /** How often each of the peers is chosen in so many requests, each with a key of its own. */
    private static Map<Peer, Integer> tally(Choice choice, int requests, Predicate<Peer> willDo) {
        Map<Peer, Integer> tally = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            Peer chosen = choice.choose(HashKey.of("client " + i), willDo);
            if (chosen != null) {
                tally.merge(chosen, 1, Integer::sum);
            }
        }
        return tally;
    }

    @Test
    void roundRobinUsesEachPeerByItsWeight() {
        List<Peer> peers = peers(100, 50, 10);
        Map<Peer, Integer> tally = tally(Choice.of("round-robin", peers), 160, Peer::isHealthy);
        assertThat(tally)
                .containsEntry(peers.get(0), 100)
                .containsEntry(peers.get(1), 50)
                .containsEntry(peers.get(2), 10);
    }

    @Test
    void roundRobinSpreadsTheHeavyEvenly() {
        List<Peer> peers = peers(2, 1);
        Choice choice = Choice.of("round-robin", peers);
        List<Peer> chosen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            chosen.add(choice.choose(0, Peer::isHealthy));
        }
        Peer heavy = peers.get(0);
        Peer light = peers.get(1);
        assertThat(chosen).isEqualTo(List.of(heavy, light, heavy, heavy, light, heavy));
    }

    @Test
    void theShareOfAnUnhealthyPeerGoesToAllOthers() {
        List<Peer> peers = peers(1, 1, 1);
        Map<Peer, Integer> tally = tally(Choice.of("round-robin", peers), 100, peer -> !peer.equals(peers.get(0)));
        assertThat(tally).containsOnlyKeys(peers.get(1), peers.get(2)).containsEntry(peers.get(1), 50);
    }

    @Test
    void largeWeightsDoNotEnlargeTheWheel() {
        List<Peer> peers = peers(65_535, 65_521, 1);
        Map<Peer, Integer> tally = tally(Choice.of("round-robin", peers), 8_193, Peer::isHealthy);
        assertThat(tally.get(peers.get(2))).isEqualTo(1);
        assertThat(tally.get(peers.get(0))).isBetween(4_090, 4_100);
    }

    @Test
    void leastConnectionsUsesThePeerWithTheFewestRequestsForItsWeight() {
        List<Peer> peers = peers(100, 100, 50);
        Choice choice = Choice.of("least-connections", peers);
        peers.get(0).load().begin();
        peers.get(0).load().begin();
        peers.get(1).load().begin();
        // (2+1)/100, (1+1)/100, (0+1)/50: the last two are equal, and either will do.
        assertThat(choice.choose(0, Peer::isHealthy)).isIn(peers.get(1), peers.get(2));
        peers.get(2).load().begin();
        assertThat(choice.choose(0, Peer::isHealthy)).isEqualTo(peers.get(1));
        peers.get(1).load().end();
        assertThat(choice.choose(0, Peer::isHealthy)).isEqualTo(peers.get(1));
    }

    @Test
    void latencyPrefersTheFaster() {
        List<Peer> peers = peers(100, 100);
        Choice choice = Choice.of("latency", peers);
        long now = System.nanoTime();
        peers.get(0).load().observe(50_000_000, now);
        peers.get(1).load().observe(1_000_000, now);
        assertThat(tally(choice, 50, Peer::isHealthy)).containsOnlyKeys(peers.get(1));
        assertThat(tally(choice, 5, peer -> peer.equals(peers.get(0)))).containsOnlyKeys(peers.get(0));
    }

    @Test
    void aHashAlwaysLeadsToTheSamePeer() {
        List<Peer> peers = peers(100, 100, 100);
        Choice one = Choice.of("consistent-hashing", peers);
        Choice other = Choice.of("consistent-hashing", List.of(peers.get(2), peers.get(0), peers.get(1)));
        for (int i = 0; i < 1_000; i++) {
            long key = HashKey.of("client " + i);
            assertThat(one.choose(key, Peer::isHealthy)).isEqualTo(other.choose(key, Peer::isHealthy));
        }
    }

    @Test
    void hashesAreSpreadByWeight() {
        List<Peer> peers = peers(300, 100);
        Map<Peer, Integer> tally = tally(Choice.of("consistent-hashing", peers), 10_000, Peer::isHealthy);
        assertThat(tally.get(peers.get(0))).isBetween(7_350, 7_650);
    }

    @Test
    void onlyTheRequestsOfAFailedPeerMove() {
        List<Peer> peers = peers(100, 100, 100, 100);
        Choice choice = Choice.of("consistent-hashing", peers);
        Peer failed = peers.get(3);
        for (int i = 0; i < 1_000; i++) {
            long key = HashKey.of("client " + i);
            Peer before = choice.choose(key, Peer::isHealthy);
            Peer after = choice.choose(key, peer -> !peer.equals(failed));
            assertThat(after).isNotEqualTo(failed);
            if (before != null && !before.equals(failed)) {
                assertThat(after).isEqualTo(before);
            }
        }
    }

    @Test
    void aNewPeerTakesItsShareAndNoOtherRequestMoves() {
        List<Peer> four = peers(100, 100, 100, 100);
        Choice before = Choice.of("consistent-hashing", four.subList(0, 3));
        Choice after = Choice.of("consistent-hashing", four);
        int moved = 0;
        for (int i = 0; i < 10_000; i++) {
            long key = HashKey.of("client " + i);
            Peer now = after.choose(key, Peer::isHealthy);
            if (now != null && !now.equals(before.choose(key, Peer::isHealthy))) {
                assertThat(now).isEqualTo(four.get(3));
                moved++;
            }
        }
        assertThat(moved).isBetween(2_300, 2_700);
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "least-connections", "latency", "consistent-hashing"})
    void noPeerIsChosenWhenNoneIsSuitable(String algorithm) {
        assertThat(Choice.of(algorithm, peers(1, 2, 3)).choose(1, peer -> false))
                .isNull();
        assertThat(Choice.of(algorithm, List.of()).choose(1, Peer::isHealthy)).isNull();
    }
}
