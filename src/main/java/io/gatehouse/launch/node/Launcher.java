package io.gatehouse.launch.node;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.launch.logging.Logging;
import io.gatehouse.launch.postgres.EmbeddedDatabase;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of a node's process: starts the parts in order and stops them in reverse, whatever goes wrong between. */
public final class Launcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);

    /** What leaving the cluster and closing pools may take, on top of the drain an operator configured. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(10);

    /** How long a signal waits for a part that is just starting. */
    private static final Duration START_MARGIN = Duration.ofSeconds(10);

    private final GatehouseConfig config;
    private final Function<GatehouseConfig, Future<Supplier<Future<Void>>>> startNode;
    private final ReentrantLock starting = new ReentrantLock();
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private volatile boolean stopping;

    public Launcher(GatehouseConfig config) {
        this(config, complete -> Node.start(complete).map(node -> node::close));
    }

    /** With something else for a node, which answers with the way to close it. */
    public Launcher(GatehouseConfig config, Function<GatehouseConfig, Future<Supplier<Future<Void>>>> startNode) {
        this.config = config;
        this.startNode = startNode;
    }

    /** Runs a node until a signal ends the process; throws when it did not start, with everything stopped. */
    public void run() throws LaunchException {
        Thread starter = Thread.currentThread();
        Thread hook = new Thread(() -> stopAndExit(starter), "gatehouse-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            start();
            new CountDownLatch(1).await();
        } catch (LaunchException e) {
            if (!stopping) {
                Runtime.getRuntime().removeShutdownHook(hook);
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // by the hook, which ends the process
        }
    }

    /** Starts everything; fails with one line for the operator, having stopped what ran already. */
    public void start() throws LaunchException {
        starting.lock();
        try {
            openNode(config.usesDatabase() && config.postgres().url() == null ? startDatabase() : config);
        } catch (LaunchException e) {
            if (!stopping) { // otherwise the hook does, on a thread that nobody interrupts
                close();
            }
            throw e;
        } finally {
            starting.unlock();
        }
    }

    private GatehouseConfig startDatabase() throws LaunchException {
        EmbeddedDatabase database = EmbeddedDatabase.start(config.dataDir());
        running.push(database);
        return config.withPostgres(database.addressed(config.postgres()));
    }

    private void openNode(GatehouseConfig complete) throws LaunchException {
        if (stopping) {
            throw new LaunchException("stopped while starting");
        }
        try {
            Supplier<Future<Void>> close = result(startNode.apply(complete)).get();
            running.push(() -> stop(close));
        } catch (ExecutionException e) {
            throw explained(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("stopped while starting", e);
        }
    }

    private static LaunchException explained(Throwable failure) {
        if (failure instanceof LaunchException expected) {
            return expected;
        }
        LOG.debug("the node did not start", failure);
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return new LaunchException(
                "the node did not start: " + message.lines().findFirst().orElse("")
                        + " (GATEHOUSE_LOG_LEVEL=debug shows more)",
                failure);
    }

    private void stop(Supplier<Future<Void>> close) throws Exception {
        Duration limit = config.drainDelay().plus(config.drainTimeout()).plus(STOP_MARGIN);
        try {
            result(close.get()).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("the node did not stop within {} s; the rest goes down without it", limit.toSeconds());
        }
    }

    /**
     * Ends the process after SIGTERM or Ctrl-C. The JVM would exit with 143 or 130, which supervisors report as a
     * failure, and a hook cannot change that; ending it here with 0 can. Nothing is lost by it: this is the only hook
     * with work to do, and every failing exit removes it before.
     */
    private void stopAndExit(Thread starter) {
        stopping = true;
        starter.interrupt();
        try {
            if (!starting.tryLock(START_MARGIN.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("a part is still starting and cannot be stopped");
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted while stopping", e);
        }
        close();
        Logging.stop();
        Runtime.getRuntime().halt(0);
    }

    @Override
    public synchronized void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                LOG.warn("a part did not stop cleanly", e);
            }
        }
    }

    private static <T> CompletableFuture<T> result(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture();
    }
}
