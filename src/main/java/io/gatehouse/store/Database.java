package io.gatehouse.store;

import io.gatehouse.config.PostgresConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool of connections, bounded in every direction; whatever it fails with tells "no" from "no answer". */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int CONNECT_TIMEOUT_SECONDS = 2;
    private static final int STATEMENT_TIMEOUT_MILLIS = 5_000;
    /** Requests waiting for a connection: a burst fits, an outage does not pile up. */
    private static final int MAX_WAITING = 1_000;

    private static final int TRANSACTION_ATTEMPTS = 4;

    private final Pool pool;
    private final AtomicBoolean reachable = new AtomicBoolean(true);

    private Database(Pool pool) {
        this.pool = pool;
    }

    /** Opens the pool; the first connection is made by the first query. */
    public static Database open(Vertx vertx, PostgresConfig config) {
        PgConnectOptions connect = PgConnectOptions.fromUri(Objects.requireNonNull(config.url()))
                .setCachePreparedStatements(true)
                .addProperty("application_name", "gatehouse")
                .addProperty("statement_timeout", String.valueOf(STATEMENT_TIMEOUT_MILLIS));
        if (config.user() != null) {
            connect.setUser(config.user());
        }
        if (config.password() != null) {
            connect.setPassword(config.password());
        }
        PoolOptions options = new PoolOptions()
                .setMaxSize(config.poolSize())
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectionTimeout(CONNECT_TIMEOUT_SECONDS)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setShared(true)
                .setName("gatehouse");
        return new Database(PgBuilder.pool()
                .with(options)
                .with(new NetClientOptions()
                        .setConnectTimeout((int) TimeUnit.SECONDS.toMillis(CONNECT_TIMEOUT_SECONDS)))
                .connectingTo(connect)
                .using(vertx)
                .build());
    }

    /** One statement on its own. */
    Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return told(pool.preparedQuery(sql).execute(parameters));
    }

    <T> Future<T> withConnection(Function<SqlConnection, Future<T>> work) {
        return told(pool.withConnection(work));
    }

    /** One transaction; done again from the start when it and another stood in each other's way. */
    <T> Future<T> withTransaction(Function<SqlConnection, Future<T>> work) {
        return told(tryTransaction(work, TRANSACTION_ATTEMPTS));
    }

    private <T> Future<T> tryTransaction(Function<SqlConnection, Future<T>> work, int attempts) {
        return pool.withTransaction(work)
                .recover(failure -> attempts > 1 && SqlFailures.isCollision(failure)
                        ? tryTransaction(work, attempts - 1)
                        : Future.failedFuture(failure));
    }

    private <T> Future<T> told(Future<T> answer) {
        return answer.transform((value, failure) -> {
            Throwable translated = failure == null ? null : SqlFailures.translate(failure);
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
        return told(pool.query("SELECT 1").execute()).map(true).otherwise(false);
    }

    /** Whether the last statement got an answer. */
    public boolean isReachable() {
        return reachable.get();
    }

    public Future<Void> close() {
        return pool.close();
    }
}
