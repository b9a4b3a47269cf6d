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
 * A connection that listens to the database's notifications, and makes itself anew where it ends or cannot be made: for as
 * long as Vert.x runs, a little less often each time and never in step with other nodes.
 */
final class Listening {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    /** Notified when the configuration has changed. */
    static final String CHANNEL = "gatehouse";

    private static final long MAX_RECONNECT_MILLIS = 5_000;

    private final Vertx vertx;
    private final PgConnections connections;
    private final PgConnectOptions options;
    private final Runnable notified;
    private int failures;

    /** {@code notified} runs at each notification, and when the connection has begun to listen. */
    Listening(Vertx vertx, PgConnections connections, PgConnectOptions options, Runnable notified) {
        this.vertx = vertx;
        this.connections = connections;
        this.options = options;
        this.notified = notified;
    }

    /** On the context of the caller, as is all that follows. */
    void begin() {
        connect(vertx.getOrCreateContext());
    }

    private void connect(Context context) {
        connections
                .connect(context, options)
                .onSuccess(connection -> listen(context, connection))
                .onFailure(failure -> {
                    LOG.debug("not listening to the database: {}", failure.getMessage());
                    again(context);
                });
    }

    private void listen(Context context, SqlConnection connection) {
        PgConnection.cast(connection).notificationHandler(notification -> notified.run());
        connection.exceptionHandler(failure -> LOG.debug("the database ends listening: {}", failure.getMessage()));
        connection.closeHandler(closed -> again(context));
        connection
                .query("LISTEN " + CHANNEL)
                .execute()
                .onSuccess(listening -> {
                    failures = 0;
                    notified.run();
                })
                .onFailure(failure -> {
                    LOG.debug("not listening to the database: {}", failure.getMessage());
                    connection.close();
                });
    }

    private void again(Context context) {
        long limit = Math.min(MAX_RECONNECT_MILLIS, 100L << Math.min(failures, 10));
        failures++;
        long delay = limit / 2 + ThreadLocalRandom.current().nextLong(limit / 2 + 1);
        vertx.setTimer(delay, due -> connect(context));
    }
}
