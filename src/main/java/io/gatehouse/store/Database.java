package io.gatehouse.store;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.postgres.PgConnections;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool of connections, bounded in every direction; whatever it fails with tells "no" from "no answer". */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int CONNECT_TIMEOUT_SECONDS = 2;
    private static final int STATEMENT_TIMEOUT_MILLIS = 5_000;
    /** No statement takes so long to be answered. */
    private static final Duration SILENCE = Duration.ofSeconds(10);
    /** Requests waiting for a connection: a burst fits, an outage does not pile up. */
    private static final int MAX_WAITING = 1_000;

    private static final int GOODBYE_SECONDS = 2;

    private static final int TRANSACTION_ATTEMPTS = 4;

    /** A server that only reads is given this long to become, or make way for, one that writes. */
    private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Vertx vertx;
    private final PostgresConfig config;
    private final Duration silence;
    private final AtomicReference<OpenPool> pool;
    private final AtomicBoolean reachable = new AtomicBoolean(true);

    private record OpenPool(Pool pool, long openedNanos) {}

    private Database(Vertx vertx, PostgresConfig config, Duration silence) {
        this.vertx = vertx;
        this.config = config;
        this.silence = silence;
        this.pool = new AtomicReference<>(open(0));
    }

    /** Opens the pool; the first connection is made by the first query. */
    public static Database open(Vertx vertx, PostgresConfig config) {
        return open(vertx, config, SILENCE);
    }

    /** {@code silence}: how long the server may leave a question without an answer. */
    static Database open(Vertx vertx, PostgresConfig config, Duration silence) {
        return new Database(vertx, config, silence);
    }

    private PgConnectOptions connectOptions() {
        PgConnectOptions connect = new PgConnectOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setDatabase(config.database())
                .setUser(config.role())
                .setPassword(config.password() == null ? "" : config.password())
                .setCachePreparedStatements(true)
                .addProperty("application_name", "gatehouse")
                .addProperty("statement_timeout", String.valueOf(STATEMENT_TIMEOUT_MILLIS));
        config.parameters().forEach(connect::addProperty);
        return connect;
    }

    private static NetClientOptions transport() {
        return new NetClientOptions().setConnectTimeout((int) TimeUnit.SECONDS.toMillis(CONNECT_TIMEOUT_SECONDS));
    }

    private OpenPool open(long nanos) {
        PoolOptions options = new PoolOptions()
                .setMaxSize(config.poolSize())
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectionTimeout(CONNECT_TIMEOUT_SECONDS)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS);
        return new OpenPool(
                ClientBuilder.pool(PgConnections.driver(config))
                        .with(options)
                        // Until ConnectionWatch is there: of the handshake.
                        .with(transport().setReadIdleTimeout((int) SILENCE.toSeconds()))
                        .connectingTo(connectOptions())
                        .withConnectHandler(connection -> {
                            ConnectionWatch.on(connection, silence);
                            connection.close();
                        })
                        .using(vertx)
                        .build(),
                nanos);
    }

    private Pool pool() {
        return Objects.requireNonNull(pool.get()).pool();
    }

    /**
     * Connections that are open lead to where the primary was; after a fail-over, new ones lead to where it is.
     */
    void leaveReadOnlyServer() {
        OpenPool stale = Objects.requireNonNull(pool.get());
        long now = System.nanoTime();
        if (stale.openedNanos() == 0 || now - stale.openedNanos() > RENEWAL_NANOS) {
            OpenPool fresh = open(now);
            if (pool.compareAndSet(stale, fresh)) {
                LOG.warn("the database only reads: connecting anew, in case another is the primary now");
                stale.pool().close();
            } else {
                fresh.pool().close();
            }
        }
    }

    /**
     * Calls back at each change of the configuration, and when listening had to begin anew; on the event loop of the caller.
     * Tries again for as long as it takes, a little less often each time and never in step with other nodes.
     */
    public void listen(Runnable received) {
        new Listening(vertx, new PgConnections(vertx, transport(), config), connectOptions(), received).begin();
    }

    /** Many of a kind in one statement. */
    <I, O> Batches<I, O> batches(Function<List<I>, Future<List<O>>> statement) {
        return new Batches<>(vertx, statement);
    }

    /** One statement on its own. */
    Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return told(pool().preparedQuery(sql).execute(parameters));
    }

    <T> Future<T> withConnection(Function<SqlConnection, Future<T>> work) {
        return told(pool().withConnection(work));
    }

    /** One transaction; done again from the start when it and another stood in each other's way. */
    <T> Future<T> withTransaction(Function<SqlConnection, Future<T>> work) {
        return told(tryTransaction(work, TRANSACTION_ATTEMPTS));
    }

    private <T> Future<T> tryTransaction(Function<SqlConnection, Future<T>> work, int attempts) {
        return pool().withTransaction(work)
                .recover(failure -> attempts > 1 && SqlFailures.isCollision(failure)
                        ? tryTransaction(work, attempts - 1)
                        : Future.failedFuture(failure));
    }

    private <T> Future<T> told(Future<T> answer) {
        return answer.transform((value, failure) -> {
            Throwable translated = failure == null ? null : SqlFailures.translate(failure);
            if (failure != null && SqlFailures.isReadOnly(failure)) {
                leaveReadOnlyServer();
            }
            notice(translated);
            return translated == null ? Future.succeededFuture(value) : Future.failedFuture(translated);
        });
    }

    /** Logs when the database goes and when it is back, not each request that finds it so. */
    private void notice(@Nullable Throwable failure) {
        if (failure instanceof StoreException.DatabaseUnavailable) {
            if (reachable.getAndSet(false)) {
                LOG.warn("{}", failure.getMessage());
            }
        } else if (!reachable.getAndSet(true)) {
            LOG.info("the database answers again");
        }
    }

    /** Asks the database whether it is there. */
    public Future<Boolean> ping() {
        return told(pool().query("SELECT 1").execute()).map(true).otherwise(false);
    }

    /** Whether the last statement got an answer. */
    public boolean isReachable() {
        return reachable.get();
    }

    /** Says goodbye to the server; one that does not answer is not waited for. */
    public Future<Void> close() {
        return pool().close().timeout(GOODBYE_SECONDS, TimeUnit.SECONDS).otherwiseEmpty();
    }
}
