package io.gatehouse.plugin.botdetection;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many user agents at once, on a worker thread that the test holds. Whatever begins with {@code bot} resembles a robot. */
class RobotsTest {
    private final Vertx vertx = Vertx.vertx();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<String> examined = Collections.synchronizedList(new ArrayList<>());
    private final Robots robots = new Robots(vertx, agent -> agent.startsWith("bot"), this::examine);

    @AfterEach
    void close() {
        gate.countDown();
        await(vertx.close());
    }

    private boolean examine(String agent) {
        try {
            assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        examined.add(agent);
        if (agent.endsWith("mistake")) {
            throw new IllegalStateException("a mistake");
        }
        return !agent.endsWith("phone");
    }

    @Test
    void onlyUserAgentsThatResembleRobotsAreExamined_onceEach() {
        gate.countDown();
        assertThat(robots.isRobot("browser").result()).isFalse();
        assertThat(await(robots.isRobot("bot"))).isTrue();
        assertThat(await(robots.isRobot("bot phone"))).isFalse();
        assertThat(robots.isRobot("bot").result()).isTrue();
        assertThat(robots.isRobot("bot phone").result()).isFalse();
        assertThat(examined).containsExactly("bot", "bot phone");
    }

    @Test
    void beyondTheLimitResemblanceDecides_untilThePendingOnesAreExamined() {
        List<Future<Boolean>> pending = new ArrayList<>();
        for (int i = 0; i < Robots.MAX_PENDING; i++) {
            pending.add(robots.isRobot("bot phone " + i + " phone"));
        }
        assertThat(pending).noneMatch(Future::isComplete);
        assertThat(robots.isRobot("bot one more phone").result()).isTrue();
        assertThat(robots.isRobot("browser").result()).isFalse();
        gate.countDown();

        assertThat(pending).allSatisfy(isRobot -> assertThat(await(isRobot)).isFalse());
        assertThat(await(robots.isRobot("bot one more phone"))).isFalse();
    }

    @Test
    void requestsWithTheSameUserAgentShareOneExamination_eachOnItsEventLoop() {
        List<Future<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Promise<Boolean> result = Promise.promise();
            Promise<Void> asked = Promise.promise();
            vertx.runOnContext(start -> {
                Context context = vertx.getOrCreateContext();
                robots.isRobot("bot")
                        .map(isRobot -> isRobot && context.equals(Vertx.currentContext()))
                        .onComplete(result);
                asked.complete();
            });
            await(asked.future());
            results.add(result.future());
        }
        gate.countDown();

        assertThat(results).allSatisfy(result -> assertThat(await(result)).isTrue());
        assertThat(examined).containsExactly("bot");
    }

    @Test
    void anExceptionFailsItsRequestOnly() {
        gate.countDown();
        Future<Boolean> failed = robots.isRobot("bot mistake");
        assertThatThrownBy(() -> await(failed)).hasMessageContaining("a mistake");
        assertThat(await(robots.isRobot("bot"))).isTrue();
    }

    @Test
    void theFirst512CharactersAreExamined() {
        gate.countDown();
        String read = "bot" + "x".repeat(Robots.READ_CHARS - 3);
        assertThat(await(robots.isRobot(read + " phone"))).isTrue();
        assertThat(examined).containsExactly(read);
    }
}
