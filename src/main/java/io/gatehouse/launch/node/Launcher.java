package io.gatehouse.launch.node;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.launch.logging.Logging;
import io.gatehouse.launch.postgres.EmbeddedDatabase;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
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

/** Starts the parts of a node's process in order and stops them in reverse order, also after a failure. */
public final class Launcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);

    /** Limit for leaving the cluster and closing pools, added to the configured drain. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(10);

    /** How long the shutdown hook waits for a part that is starting. */
    private static final Duration START_MARGIN = Duration.ofSeconds(10);

    private final GatehouseConfig config;
    private final Function<GatehouseConfig, Future<Supplier<Future<Void>>>> startNode;
    private final ReentrantLock starting = new ReentrantLock();
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private volatile boolean stopping;

    public Launcher(GatehouseConfig config) {
        this(config, complete -> Node.start(complete).map(node -> node::close));
    }

    /** Creates a launcher of a node that reads its configuration again with {@code reader} while it runs. */
    public static Launcher renewing(GatehouseConfig config, Callable<GatehouseConfig> reader) {
        return new Launcher(
                config,
                complete -> Node.start(complete)
                        .onSuccess(node -> node.renewFrom(reader, Renewal.INTERVAL))
                        .map(node -> node::close));
    }

    /** Creates a launcher of something else than a node. {@code startNode} returns how to close it. */
    public Launcher(GatehouseConfig config, Function<GatehouseConfig, Future<Supplier<Future<Void>>>> startNode) {
        this.config = config;
        this.startNode = startNode;
    }

    /** Runs a node until a signal ends the process. If the start fails, stops everything and throws. */
    public void run() throws LaunchException {
        Thread starter = Thread.currentThread();
        Thread hook = new Thread(() -> stopAndExit(starter), "gatehouse-stop");
        if (!isRegistered(hook)) {
            return; // nothing runs yet, and the signal ends the process
        }
        try {
            start();
            new CountDownLatch(1).await();
        } catch (LaunchException e) {
            if (isDeregistered(hook)) {
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the hook interrupted this thread and ends the process
        }
    }

    /** Registers a shutdown hook. Returns false if the JVM is already ending, as after a signal. */
    private static boolean isRegistered(Thread hook) {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            return true;
        } catch (IllegalStateException ending) {
            return false;
        }
    }

    /** Deregisters a shutdown hook. Returns false if the JVM is already ending and the hook runs. */
    private static boolean isDeregistered(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            return false;
        }
    }

    /** Starts the database, if it is embedded, and the node. On failure, stops both and throws one line for the operator. */
    public void start() throws LaunchException {
        starting.lock();
        try {
            openNode(config.usesDatabase() && config.postgres().url() == null ? startDatabase() : config);
        } catch (LaunchException e) {
            if (!stopping) { // else the hook closes, on a thread that is not interrupted
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
            // A part that starts while the JVM ends throws, for example because it cannot register a shutdown hook.
            Supplier<Future<Void>> close =
                    result(Future.succeededFuture(complete).compose(startNode)).get();
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
            LOG.warn("the node did not stop in time; stopping the remaining parts limit={}s", limit.toSeconds());
        }
    }

    /**
     * Ends the process with exit code 0 after SIGTERM or Ctrl-C.
     *
     * <p><i>Why</i>: the JVM would exit with 143 or 130, which supervisors report as a failure, and only {@code halt}
     * changes the code. {@code halt} skips other hooks, but there is no other hook with work to do. A failing exit removes
     * this hook first.
     */
    private void stopAndExit(Thread starter) {
        stopping = true;
        starter.interrupt();
        try {
            if (!starting.tryLock(START_MARGIN.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("a part is still starting; ending the process without stopping it");
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
                LOG.warn("a part did not stop cleanly; stopping the remaining parts", e);
            }
        }
    }

    private static <T> CompletableFuture<T> result(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture();
    }
}
