package io.gatehouse.store;

import io.gatehouse.store.postgres.PgConnections;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection that receives the database's notifications. If it ends or cannot be opened, it is opened again while
 * Vert.x runs, with exponential back-off and jitter.
 */
public final class Listening {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    /** The channel that PostgreSQL notifies when the configuration has changed. */
    public static final String CHANNEL = "gatehouse";

    private static final long MAX_RECONNECT_MILLIS = 5_000;

    private final Vertx vertx;
    private final PgConnections connections;
    private final PgConnectOptions options;
    private final Runnable notified;
    private int failures;

    /** {@code notified} runs at each notification, and each time the connection has been opened. */
    Listening(Vertx vertx, PgConnections connections, PgConnectOptions options, Runnable notified) {
        this.vertx = vertx;
        this.connections = connections;
        this.options = options;
        this.notified = notified;
    }

    /** Opens the connection. All callbacks run on the caller's context. */
    void begin() {
        connect(vertx.getOrCreateContext());
    }

    private void connect(Context context) {
        connections
                .connect(context, options)
                .onSuccess(connection -> listen(context, connection))
                .onFailure(failure -> {
                    LOG.debug("Cannot connect for notifications: {}", failure.getMessage());
                    reconnect(context);
                });
    }

    private void listen(Context context, SqlConnection connection) {
        PgConnection.cast(connection).notificationHandler(notification -> notified.run());
        connection.exceptionHandler(
                failure -> LOG.debug("The connection for notifications failed: {}", failure.getMessage()));
        connection.closeHandler(closed -> reconnect(context));
        connection
                .query("LISTEN " + CHANNEL)
                .execute()
                .onSuccess(listening -> {
                    failures = 0;
                    notified.run();
                })
                .onFailure(failure -> {
                    LOG.debug("Cannot listen for notifications: {}", failure.getMessage());
                    connection.close();
                });
    }

    private void reconnect(Context context) {
        long limit = Math.min(MAX_RECONNECT_MILLIS, 100L << Math.min(failures, 10));
        failures++;
        long delay = limit / 2 + ThreadLocalRandom.current().nextLong(limit / 2 + 1);
        vertx.setTimer(delay, due -> connect(context));
    }
}
