package io.gatehouse.store.postgres;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.config.PostgresTls.Mode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.impl.PgConnectionFactory;
import io.vertx.pgclient.impl.PgSocketConnection;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.internal.Connection;
import io.vertx.sqlclient.internal.command.InitCommand;
import io.vertx.sqlclient.spi.ConnectionFactory;
import io.vertx.sqlclient.spi.Driver;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Opens the pool's connections. It negotiates TLS before the driver sends anything (PostgreSQL documentation, "SSL Session
 * Encryption").
 *
 * <p><i>Why</i>: the driver's own negotiation loses the reason of a failed handshake, leaves a connection open if the server
 * declines TLS, and for {@code prefer} connects again after any failure, also after a wrong password.
 */
public final class PgConnections extends PgConnectionFactory {
    private static final Buffer SSL_REQUEST = Buffer.buffer().appendInt(8).appendInt(80877103);
    private static final byte ACCEPTED = 'S';
    private static final byte DECLINED = 'N';

    /** The SQL state of a rejection by pg_hba.conf, which may allow a connection in clear text. */
    private static final String INVALID_AUTHORIZATION = "28000";

    /** Limits the wait for a server that accepts connections and does not respond. */
    private static final int START_UP_SECONDS = 10;

    private final Supplier<PostgresConfig> configuration;
    private volatile Tls tls;

    /** The options of one configuration. Vert.x creates one TLS context for them. */
    private record Tls(PostgresTls configured, ClientSSLOptions options) {
        static Tls of(PostgresTls configured) {
            return new Tls(configured, TlsOptions.of(configured));
        }
    }

    /** {@code configuration} is read for each connection: passwords and certificates may be rotated, the address may not. */
    public PgConnections(Vertx vertx, NetClientOptions transport, Supplier<PostgresConfig> configuration) {
        super((VertxInternal) vertx, transport);
        this.configuration = configuration;
        this.tls = Tls.of(configuration.get().tls());
    }

    /** Returns the driver, with connections opened by this class. */
    public static Driver<PgConnectOptions> driver(Supplier<PostgresConfig> configuration) {
        return new PgDriver() {
            @Override
            public ConnectionFactory<PgConnectOptions> createConnectionFactory(
                    Vertx vertx, NetClientOptions transport) {
                return new PgConnections(vertx, transport, configuration);
            }
        };
    }

    @Override
    protected Future<Connection> doConnectInternal(PgConnectOptions options, ContextInternal context) {
        PostgresConfig config = configuration.get();
        Future<Connection> connection = config.tls().mode() == Mode.DISABLE
                ? inClearText(options, context, config)
                : encrypted(options, context, config);
        return connection.recover(failure -> Future.failedFuture(ConnectFailure.explained(failure, config)));
    }

    private Future<Connection> inClearText(PgConnectOptions options, ContextInternal context, PostgresConfig config) {
        return open(options, context, config, socket -> Future.succeededFuture());
    }

    private Future<Connection> encrypted(PgConnectOptions options, ContextInternal context, PostgresConfig config) {
        Future<Connection> first = open(options, context, config, socket -> negotiate(socket, config));
        return config.tls().mode() != Mode.PREFER
                ? first
                : first.recover(failure -> mayBeClearText(failure)
                        // If clear text fails as well, the first failure is the one to correct.
                        ? inClearText(options, context, config).recover(second -> Future.failedFuture(failure))
                        : Future.failedFuture(failure));
    }

    private Future<Connection> open(
            PgConnectOptions options,
            ContextInternal context,
            PostgresConfig config,
            Function<NetSocketInternal, Future<Void>> negotiation) {
        return client.connect(options.getSocketAddress()).compose(connected -> {
            NetSocketInternal socket = (NetSocketInternal) connected;
            return negotiation
                    .apply(socket)
                    .compose(done -> startUp(socket, options, context, config)
                            .recover(failure -> Future.failedFuture(
                                    socket.isSsl() ? ConnectFailure.ofStartUp(failure, config) : failure)))
                    .timeout(START_UP_SECONDS, TimeUnit.SECONDS)
                    .onFailure(failure -> socket.close());
        });
    }

    private static boolean mayBeClearText(Throwable failure) {
        return failure instanceof ConnectFailure
                || (failure instanceof PgException refused && INVALID_AUTHORIZATION.equals(refused.getSqlState()));
    }

    private ClientSSLOptions tlsOptions(PostgresTls configured) {
        Tls used = tls;
        if (!used.configured().equals(configured)) {
            used = Tls.of(configured);
            tls = used;
        }
        return used.options();
    }

    private Future<Void> negotiate(NetSocketInternal socket, PostgresConfig config) {
        Promise<Buffer> reply = Promise.promise();
        socket.handler(reply::tryComplete);
        socket.exceptionHandler(reply::tryFail);
        socket.closeHandler(closed -> reply.tryFail(new ConnectFailure("the server ended the TLS negotiation")));
        return socket.write(SSL_REQUEST).compose(sent -> reply.future()).compose(replied -> {
            if (replied.length() == 1 && replied.getByte(0) == ACCEPTED) {
                return socket.upgradeToSsl(tlsOptions(config.tls()))
                        .recover(failure -> Future.failedFuture(ConnectFailure.ofHandshake(failure, config)));
            }
            if (replied.length() == 1 && replied.getByte(0) == DECLINED) {
                return config.tls().mode() == Mode.PREFER
                        ? Future.succeededFuture()
                        : Future.failedFuture(ConnectFailure.withoutTls(config));
            }
            // More than one byte: an attacker may have inserted clear text before the handshake.
            return Future.failedFuture(new ConnectFailure("the server does not reply to the request for TLS"));
        });
    }

    private static Future<Connection> startUp(
            NetSocketInternal socket, PgConnectOptions options, ContextInternal context, PostgresConfig config) {
        PgSocketConnection connection = new PgSocketConnection(
                socket,
                null,
                options,
                options.getCachePreparedStatements(),
                options.getPreparedStatementCacheMaxSize(),
                options.getPreparedStatementCacheSqlFilter(),
                options.getPipeliningLimit(),
                options.getUseLayer7Proxy(),
                context);
        connection.init();
        Promise<Connection> started = context.promise();
        connection.schedule(
                new InitCommand(
                        connection,
                        options.getUser(),
                        config.password() == null ? "" : config.password(),
                        options.getDatabase(),
                        options.getProperties()),
                started);
        return started.future();
    }
}
