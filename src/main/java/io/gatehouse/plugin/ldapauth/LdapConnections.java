package io.gatehouse.plugin.ldapauth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs binds on connections to one LDAP server, which it keeps for later binds. Further binds wait for their turn in order.
 *
 * <p><i>Invariant</i>: a bind ends at its deadline, its wait included. Each bind that runs began to wait earlier, so it has an earlier
 * deadline than those that wait.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
final class LdapConnections {
    /** Binds that run at the same time, each on its own connection. */
    static final int MAX_RUNNING = 64;

    private static final int MAX_IDLE = 16;

    private final Vertx vertx;
    private final NetClient client;
    private final DirectorySettings settings;
    private final ClientSSLOptions tls;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Deque<Idle> idle = new ArrayDeque<>();
    private int running;

    private record Waiting(Deadline deadline, Promise<Void> turn) {}

    private record Idle(LdapConnection connection, long timer) {}

    LdapConnections(Vertx vertx, NetClient client, DirectorySettings settings) {
        this.vertx = vertx;
        this.client = client;
        this.settings = settings;
        // As in Kong, the certificate is verified only if the plugin enables it.
        this.tls = settings.verifiesHost()
                ? new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS")
                : new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm("");
    }

    /** Returns the result code of a simple bind. */
    Future<Integer> bind(String name, byte[] password) {
        Deadline deadline = Deadline.in(settings.timeoutMillis());
        return turn(deadline)
                .compose(begun -> Future.succeededFuture()
                        .compose(started -> run(name, password, deadline))
                        .onComplete(done -> next()));
    }

    private Future<Void> turn(Deadline deadline) {
        Promise<Void> turn = Promise.promise();
        synchronized (this) {
            if (running < MAX_RUNNING) {
                running++;
                return Future.succeededFuture();
            }
            waiting.add(new Waiting(deadline, turn));
        }
        return turn.future();
    }

    private void next() {
        Waiting next = poll();
        while (next != null && next.deadline().isOver()) {
            next.turn().fail(new LdapFailure("the server did not respond to earlier binds in time"));
            next = poll();
        }
        if (next != null) {
            next.turn().complete();
        }
    }

    /** Returns the bind whose turn it is; null if none waits. */
    private synchronized @Nullable Waiting poll() {
        Waiting next = waiting.poll();
        if (next == null) {
            running--;
        }
        return next;
    }

    private Future<Integer> run(String name, byte[] password, Deadline deadline) {
        LdapConnection reused = takeIdle();
        if (reused == null) {
            return runOnNew(name, password, deadline);
        }
        // The server may have closed it when the request was already sent.
        return run(reused, name, password, deadline)
                .recover(failure -> LdapConnection.isClose(failure)
                        ? runOnNew(name, password, deadline)
                        : Future.failedFuture(failure));
    }

    private Future<Integer> runOnNew(String name, byte[] password, Deadline deadline) {
        return connect(deadline).compose(connection -> run(connection, name, password, deadline));
    }

    private Future<Integer> run(LdapConnection connection, String name, byte[] password, Deadline deadline) {
        return connection
                .bind(name, password, deadline)
                .onSuccess(code -> keep(connection))
                .onFailure(failure -> connection.close());
    }

    private Future<LdapConnection> connect(Deadline deadline) {
        ConnectOptions options = new ConnectOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setTimeout((int) deadline.millisLeft());
        if (settings.isLdaps()) {
            options.setSsl(true).setSslOptions(tls).setSniServerName(settings.serverName());
        }
        Future<NetSocket> opened = client.connect(options);
        return opened.timeout(deadline.millisLeft(), TimeUnit.MILLISECONDS)
                .onFailure(failure -> opened.onSuccess(NetSocket::close))
                .map(LdapConnection::on)
                .compose(connection -> settings.startsTls()
                        ? connection
                                .startTls(tls, settings.serverName(), deadline)
                                .onFailure(failure -> connection.close())
                        : Future.succeededFuture(connection));
    }

    private void keep(LdapConnection connection) {
        synchronized (this) {
            if (connection.isOpen() && idle.size() < MAX_IDLE) {
                long timer = vertx.setTimer(settings.keepaliveMillis(), expired -> expire(connection));
                idle.addLast(new Idle(connection, timer));
                return;
            }
        }
        connection.close();
    }

    /** Returns the connection that was used last; null without one. */
    private synchronized @Nullable LdapConnection takeIdle() {
        Idle last = idle.pollLast();
        while (last != null) {
            vertx.cancelTimer(last.timer());
            if (last.connection().isOpen()) {
                return last.connection();
            }
            last = idle.pollLast();
        }
        return null;
    }

    private void expire(LdapConnection connection) {
        boolean isIdle;
        synchronized (this) {
            isIdle = idle.removeIf(each -> each.connection() == connection);
        }
        if (isIdle) {
            connection.close();
        }
    }
}
