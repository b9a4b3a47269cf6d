package io.gatehouse.store;

import io.gatehouse.config.ClusterTimings;
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
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs statements and transactions on a bounded pool of connections.
 *
 * <p>A failure is a {@link StoreException.DatabaseUnavailable} if PostgreSQL did not respond in time, or the exception of the
 * statement that it rejected.
 */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    /** The most requests that wait for a connection: enough for a burst, and bounded during an outage. */
    private static final int MAX_WAITING = 1_000;

    private static final int CLOSE_SECONDS = 2;

    private static final int TRANSACTION_ATTEMPTS = 4;

    /** How often the pool is replaced while the server is read-only: a fail-over takes a moment. */
    private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Vertx vertx;
    /** For connections that are opened from now on. */
    private volatile PostgresConfig config;

    private final Duration connectionTimeout;
    private final Duration responseTimeout;
    private final AtomicReference<OpenPool> pool;
    private final AtomicBoolean reachable = new AtomicBoolean(true);
    /** Whether this node closed the pool, so that its failures say nothing about the database. */
    private volatile boolean closed;

    private record OpenPool(Pool pool, long openedNanos) {}

    private Database(Vertx vertx, PostgresConfig config, Duration connectionTimeout, Duration responseTimeout) {
        this.vertx = vertx;
        this.config = config;
        this.connectionTimeout = connectionTimeout;
        this.responseTimeout = responseTimeout;
        this.pool = new AtomicReference<>(open(0));
    }

    /** Opens the pool. The first statement opens the first connection. */
    public static Database open(Vertx vertx, PostgresConfig config) {
        return open(vertx, config, ClusterTimings.CONNECTION_TIMEOUT, ClusterTimings.RESPONSE_TIMEOUT);
    }

    static Database open(Vertx vertx, PostgresConfig config, Duration connectionTimeout, Duration responseTimeout) {
        return new Database(vertx, config, connectionTimeout, responseTimeout);
    }

    private PgConnectOptions connectOptions() {
        PgConnectOptions connect = new PgConnectOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setDatabase(config.database())
                .setUser(config.role())
                .setCachePreparedStatements(true)
                .addProperty("application_name", "gatehouse")
                .addProperty("statement_timeout", String.valueOf(ClusterTimings.STATEMENT_TIMEOUT.toMillis()));
        config.parameters().forEach(connect::addProperty);
        return connect;
    }

    private static NetClientOptions transport() {
        return new NetClientOptions().setConnectTimeout((int) ClusterTimings.CONNECTION_TIMEOUT.toMillis());
    }

    private OpenPool open(long nanos) {
        PoolOptions options = new PoolOptions()
                .setMaxSize(config.poolSize())
                .setMaxWaitQueueSize(MAX_WAITING)
                // See connection().
                .setConnectionTimeout(0);
        return new OpenPool(
                ClientBuilder.pool(PgConnections.driver(() -> config))
                        .with(options)
                        // Limits the handshake. ConnectionWatch replaces it after that.
                        .with(transport().setReadIdleTimeout((int) ClusterTimings.RESPONSE_TIMEOUT.toSeconds()))
                        .connectingTo(connectOptions())
                        .withConnectHandler(connection -> {
                            ConnectionWatch.on(connection, responseTimeout);
                            connection.close();
                        })
                        .using(vertx)
                        .build(),
                nanos);
    }

    /**
     * Uses the password and the TLS files of another configuration for connections that are opened from now on. PostgreSQL keeps
     * those that are open. Returns whether they differ from the previous ones.
     */
    public boolean useCredentials(PostgresConfig next) {
        PostgresConfig before = config;
        boolean isSameMode = next.tls().mode() == before.tls().mode();
        PostgresConfig changed = before.withCredentials(next.password(), isSameMode ? next.tls() : before.tls());
        config = changed;
        return !changed.equals(before);
    }

    private Pool pool() {
        return Objects.requireNonNull(pool.get()).pool();
    }

    /**
     * Replaces the pool. After a fail-over, open connections lead to the previous primary, and new ones to the current primary.
     */
    void leaveReadOnlyServer() {
        OpenPool stale = Objects.requireNonNull(pool.get());
        long now = System.nanoTime();
        if (stale.openedNanos() == 0 || now - stale.openedNanos() > RENEWAL_NANOS) {
            OpenPool fresh = open(now);
            if (pool.compareAndSet(stale, fresh)) {
                LOG.warn(
                        "The database is read-only (a replica or a demoted primary); reconnecting to find the primary");
                stale.pool().close();
            } else {
                fresh.pool().close();
            }
        }
    }

    /**
     * Calls back at each change of the configuration, and each time the connection for notifications was opened. Runs on the
     * caller's event loop.
     */
    public void listen(Runnable received) {
        new Listening(vertx, new PgConnections(vertx, transport(), () -> config), connectOptions(), received).begin();
    }

    /** Runs long work with rows on a worker thread. */
    public <T> Future<T> onWorker(Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }

    /** Combines concurrent requests into one statement. */
    <I, O> Batches<I, O> batches(Function<List<I>, Future<List<O>>> statement) {
        return new Batches<>(vertx, statement);
    }

    /**
     * Takes a connection from the pool. If it comes after the connection timeout, returns it to the pool.
     *
     * <p><i>Why</i>: the pool has a timeout of its own. When one event loop enqueues a request and another returns a connection,
     * its timer can begin after the request has ended. It then fails, and the pool loses the connections that it was handing out.
     */
    private Future<SqlConnection> connection() {
        Future<SqlConnection> requested = pool().getConnection();
        long millis = connectionTimeout.toMillis();
        return requested.timeout(millis, TimeUnit.MILLISECONDS).recover(failure -> {
            requested.onSuccess(SqlConnection::close);
            return Future.failedFuture(
                    failure instanceof TimeoutException
                            ? new TimeoutException("no connection was free within " + millis + " ms")
                            : failure);
        });
    }

    /** Runs one statement outside a transaction. */
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return withConnection(connection -> connection.preparedQuery(sql).execute(parameters));
    }

    public <T> Future<T> withConnection(Function<SqlConnection, Future<T>> work) {
        return translated(
                connection().compose(connection -> applied(work, connection).onComplete(done -> connection.close())));
    }

    /** Runs one transaction. It is repeated from the start after a deadlock or a serialization failure. */
    public <T> Future<T> withTransaction(Function<SqlConnection, Future<T>> work) {
        return translated(tryTransaction(work, TRANSACTION_ATTEMPTS));
    }

    private <T> Future<T> tryTransaction(Function<SqlConnection, Future<T>> work, int attempts) {
        return connection()
                .compose(connection -> connection
                        .begin()
                        .compose(transaction -> applied(work, connection)
                                .compose(
                                        result -> transaction.commit().map(result),
                                        failure -> rolledBack(transaction, failure)))
                        .onComplete(done -> connection.close()))
                .recover(failure -> attempts > 1 && SqlFailures.isCollision(failure)
                        ? tryTransaction(work, attempts - 1)
                        : Future.failedFuture(failure));
    }

    /** Turns an exception of the work into a failure, so that the connection is returned in either case. */
    private static <T> Future<T> applied(Function<SqlConnection, Future<T>> work, SqlConnection connection) {
        return Future.succeededFuture(connection).compose(work);
    }

    private static <T> Future<T> rolledBack(Transaction transaction, Throwable failure) {
        return transaction.rollback().transform((done, ignored) -> Future.failedFuture(failure));
    }

    private <T> Future<T> translated(Future<T> result) {
        return result.transform((value, failure) -> {
            Throwable translated = failure == null ? null : SqlFailures.translate(failure);
            if (failure != null && SqlFailures.isReadOnly(failure)) {
                leaveReadOnlyServer();
            }
            recordReachability(translated);
            return translated == null ? Future.succeededFuture(value) : Future.failedFuture(translated);
        });
    }

    /** Logs the first failure of an outage and the first response after it, not every failure. */
    private void recordReachability(@Nullable Throwable failure) {
        if (failure instanceof StoreException.DatabaseUnavailable) {
            if (reachable.getAndSet(false) && !closed) {
                LOG.warn("{}", failure.getMessage());
            }
        } else if (!reachable.getAndSet(true)) {
            LOG.info("The database responds again");
        }
    }

    /** Whether the database responds now. */
    public Future<Boolean> ping() {
        return withConnection(connection -> connection.query("SELECT 1").execute())
                .map(true)
                .otherwise(false);
    }

    /** Whether the database responded to the last statement. */
    public boolean isReachable() {
        return reachable.get();
    }

    /** Closes the pool. It waits at most {@value #CLOSE_SECONDS} s for an unresponsive server. */
    public Future<Void> close() {
        closed = true;
        return pool().close().timeout(CLOSE_SECONDS, TimeUnit.SECONDS).otherwiseEmpty();
    }
}
