package io.gatehouse.plugin.botdetection;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.plugin.RequestContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Classifies user agents as robots. One for each node.
 *
 * <p><i>Cost</i>: a user agent whose class is cached costs a look-up. Another one costs the seven expressions of robots, on the event
 * loop. Their repetitions have bounds, so that {@value #READ_CHARS} characters take less than 1 ms. A user agent that one of them matches
 * costs all rules, on one worker thread. Some of those take quadratic time.
 *
 * <p>If {@value #MAX_PENDING} user agents wait for the worker thread, a further one that resembles a robot counts as one. So a
 * flood of made-up robots neither lets a robot pass nor delays a browser. Meanwhile, a phone whose name contains {@code bot} is
 * rejected unless its class is cached.
 *
 * <p><i>Threading</i>: all event loops share it. A result arrives on the event loop of its request.
 */
final class Robots {
    /** Docs: docs/reference/limits.md#plugins. */
    static final int READ_CHARS = 512;

    static final int MAX_PENDING = 256;
    /** At most 1 KiB each, and 100 bytes of the cache's own. */
    private static final int MAX_CACHED = 4_096;

    private static final Future<Boolean> ROBOT = Future.succeededFuture(true);
    private static final Future<Boolean> NO_ROBOT = Future.succeededFuture(false);

    private final Vertx vertx;
    private final WorkerExecutor worker;
    private final Predicate<String> resemblance;
    private final Predicate<String> classification;
    private final Cache<String, Boolean> classes =
            Caffeine.newBuilder().maximumSize(MAX_CACHED).build();
    private final Map<String, Future<Boolean>> pending = new HashMap<>();

    Robots(Vertx vertx, RobotRules rules) {
        this(vertx, rules::resemblesRobot, rules::isRobot);
    }

    Robots(Vertx vertx, Predicate<String> resemblance, Predicate<String> classification) {
        this.vertx = vertx;
        this.worker = vertx.createSharedWorkerExecutor("gatehouse-robots", 1);
        this.resemblance = resemblance;
        this.classification = classification;
    }

    /** Returns whether the first {@value #READ_CHARS} characters are those of a robot. */
    Future<Boolean> isRobot(String agent) {
        String read = agent.substring(0, Math.min(agent.length(), READ_CHARS));
        Boolean known = classes.getIfPresent(read);
        if (known != null) {
            return known ? ROBOT : NO_ROBOT;
        }
        if (!resemblance.test(read)) {
            classes.put(read, false);
            return NO_ROBOT;
        }
        return examine(read);
    }

    private Future<Boolean> examine(String agent) {
        Promise<Boolean> added = Promise.promise();
        synchronized (pending) {
            Future<Boolean> shared = pending.get(agent);
            if (shared != null) {
                return RequestContext.here(vertx, shared);
            }
            if (pending.size() >= MAX_PENDING) {
                return ROBOT;
            }
            pending.put(agent, added.future());
        }
        worker.executeBlocking(() -> examine(agent, added), false);
        return RequestContext.here(vertx, added.future());
    }

    /** Runs on the worker thread. */
    private boolean examine(String agent, Promise<Boolean> result) {
        Future<Boolean> examined = Future.succeededFuture().map(begun -> classification.test(agent));
        if (examined.succeeded()) {
            classes.put(agent, examined.result());
        }
        synchronized (pending) {
            pending.remove(agent);
        }
        examined.onComplete(result);
        return true;
    }
}
