package io.gatehouse.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnsentBudgetTest {
    private static final int LIMIT = 1_000;

    private final List<String> dropped = new ArrayList<>();
    private final List<Integer> excesses = new ArrayList<>();
    private final UnsentBudget budget = new UnsentBudget(LIMIT, excesses::add);

    private final class Peer implements UnsentBudget.Holder {
        private final String name;
        private int unsent;

        Peer(String name) {
            this.name = name;
        }

        void write(int bytes) {
            unsent += bytes;
            budget.add(bytes);
            budget.written(this);
        }

        void take(int bytes) {
            unsent -= bytes;
            budget.sent(this, bytes);
        }

        void reserve(int bytes) {
            unsent += bytes;
            budget.add(bytes);
        }

        void unreserve(int bytes) {
            unsent -= bytes;
            budget.unreserve(this, bytes);
        }

        @Override
        public long unsent() {
            return unsent;
        }

        @Override
        public void drop() {
            dropped.add(name);
        }
    }

    @Test
    void aPeerThatTakesFewBytesIsDroppedBeforeOneThatTakesAllSlowly() {
        Peer trickling = new Peer("trickling");
        Peer slow = new Peer("slow");
        trickling.write(400);
        slow.write(400);
        slow.take(400);
        slow.write(400);
        trickling.take(1);

        new Peer("third").write(300);

        assertThat(dropped).containsExactly("trickling");
        assertThat(excesses).containsExactly(1);
    }

    @Test
    void aPeerThatHasTakenTheBytesItHadWaitsAnew() {
        Peer first = new Peer("first");
        Peer second = new Peer("second");
        first.write(300);
        second.write(300);
        first.write(200);
        first.take(100);
        first.take(200);

        new Peer("third").write(600);

        assertThat(dropped).containsExactly("second");
    }

    @Test
    void peersAreDroppedUntilAnEighthOfTheLimitIsFree() {
        for (int i = 0; i < 5; i++) {
            new Peer("peer-" + i).write(200);
        }
        assertThat(dropped).isEmpty();

        new Peer("last").write(1);

        assertThat(dropped).containsExactly("peer-0");
        new Peer("larger").write(600);
        assertThat(dropped).containsExactly("peer-0", "peer-1", "peer-2", "peer-3");
    }

    @Test
    void reservedBytesThatAreReturnedAreNotSent() {
        Peer trickling = new Peer("trickling");
        Peer slow = new Peer("slow");
        trickling.write(200);
        slow.write(200);
        trickling.reserve(300);
        trickling.take(1);
        trickling.unreserve(300);

        new Peer("third").write(670);

        assertThat(dropped).containsExactly("trickling");
    }
}
