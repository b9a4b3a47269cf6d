package io.gatehouse.testing;

import io.gatehouse.config.PostgresConfig;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.URI;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Relays connections between a client and a server. A test can interrupt it to simulate an outage. */
public final class TcpRelay implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
    private final NetServer server;
    private volatile boolean cut;
    private volatile boolean silent;

    private TcpRelay(String host, int port) {
        server = Gatehouse.await(vertx.createNetServer()
                .connectHandler(client -> relay(client, host, port))
                .listen(0, "127.0.0.1"));
    }

    public static TcpRelay to(String host, int port) {
        return new TcpRelay(host, port);
    }

    /** Creates a relay to a database. */
    public static TcpRelay to(PostgresConfig database) {
        URI address = address(database);
        return to(address.getHost(), address.getPort());
    }

    /** The configuration of the database, through this relay. */
    public PostgresConfig along(PostgresConfig database) {
        return new PostgresConfig(
                "postgresql://127.0.0.1:" + port() + address(database).getPath(),
                database.user(),
                database.password(),
                database.poolSize());
    }

    private static URI address(PostgresConfig database) {
        return URI.create(Objects.requireNonNull(database.url()));
    }

    public int port() {
        return server.actualPort();
    }

    private void relay(NetSocket client, String host, int port) {
        if (cut) {
            client.close();
            return;
        }
        client.pause();
        open.add(client);
        client.closeHandler(closed -> open.remove(client));
        if (silent) {
            stopReading(client);
            return;
        }
        vertx.createNetClient()
                .connect(port, host)
                .onSuccess(target -> {
                    open.add(target);
                    target.closeHandler(closed -> {
                        open.remove(target);
                        client.close();
                    });
                    client.closeHandler(closed -> {
                        open.remove(client);
                        target.close();
                    });
                    client.pipeTo(target);
                    target.pipeTo(client);
                })
                .onFailure(failure -> client.close());
    }

    /** Closes every connection and refuses new ones. */
    public void cut() {
        cut = true;
        open.forEach(NetSocket::close);
    }

    /** Drops everything, including the end of connections, like a host or network that is down. */
    public void silence() {
        silent = true;
        open.forEach(TcpRelay::stopReading);
    }

    /** Stops reading at the channel: a paused socket is still read until its buffer is full, and detects the end. */
    private static void stopReading(NetSocket socket) {
        ((ConnectionBase) socket).channel().config().setAutoRead(false);
    }

    /** Relays new connections again. Those that were silenced stay so. */
    public void mend() {
        cut = false;
        silent = false;
    }

    @Override
    public void close() {
        Gatehouse.await(vertx.close());
    }
}
