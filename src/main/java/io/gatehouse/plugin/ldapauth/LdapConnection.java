package io.gatehouse.plugin.ldapauth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over one connection to an LDAP server, one at a time.
 *
 * <p><i>Invariant</i>: a message that responds to no request closes the connection. Such a message before the TLS handshake could be
 * from anyone (RFC 4511 §4.14.2).
 *
 * <p><i>Threading</i>: requests may be sent from any thread. Messages arrive on the event loop of the connection.
 */
final class LdapConnection {
    /** The message id of a Notice of Disconnection, the only message without a request (RFC 4511 §4.4). */
    private static final int NOTICE = 0;

    private final NetSocket socket;
    private Buffer received = Buffer.buffer();
    private volatile @Nullable Pending pending;
    private volatile boolean isClosed;
    private int messageId;

    /** Reports a close before the response. */
    private static final class ClosedByServer extends LdapFailure {
        private static final long serialVersionUID = 1L;

        ClosedByServer() {
            super("the server closed the connection");
        }
    }

    private record Pending(int messageId, int operation, Promise<Integer> resultCode) {}

    private LdapConnection(NetSocket socket) {
        this.socket = socket;
    }

    static LdapConnection on(NetSocket socket) {
        LdapConnection connection = new LdapConnection(socket);
        socket.handler(connection::receive);
        socket.exceptionHandler(connection::fail);
        socket.closeHandler(closed -> connection.fail(new ClosedByServer()));
        return connection;
    }

    /** Returns whether a failure is a close, after which a request on another connection may succeed. */
    static boolean isClose(Throwable failure) {
        return failure instanceof ClosedByServer || failure instanceof IOException;
    }

    boolean isOpen() {
        return !isClosed;
    }

    /** Returns the result code of a simple bind. */
    Future<Integer> bind(String name, byte[] password, Deadline deadline) {
        return send(id -> LdapMessages.bind(id, name, password), LdapMessages.BIND_RESPONSE, deadline);
    }

    /** Requests TLS, and completes its handshake. */
    Future<LdapConnection> startTls(ClientSSLOptions options, @Nullable String serverName, Deadline deadline) {
        return send(LdapMessages::startTls, LdapMessages.EXTENDED_RESPONSE, deadline)
                .compose(code -> {
                    if (code != ResultCodes.SUCCESS) {
                        throw new LdapFailure("StartTLS has the result code " + code);
                    }
                    Future<Void> upgrade = serverName == null
                            ? socket.upgradeToSsl(options)
                            : socket.upgradeToSsl(options, serverName);
                    return upgrade.timeout(deadline.millisLeft(), TimeUnit.MILLISECONDS);
                })
                .map(upgraded -> this);
    }

    private Future<Integer> send(IntFunction<byte[]> request, int response, Deadline deadline) {
        Promise<Integer> code = Promise.promise();
        messageId++;
        pending = new Pending(messageId, response, code);
        if (isClosed) {
            return Future.failedFuture(new ClosedByServer());
        }
        socket.write(Buffer.buffer(request.apply(messageId))).onFailure(code::tryFail);
        return code.future().timeout(deadline.millisLeft(), TimeUnit.MILLISECONDS);
    }

    private void receive(Buffer chunk) {
        Pending request = pending;
        if (request == null) {
            fail(new LdapFailure("the server sent a message without a request"));
            return;
        }
        received.appendBuffer(chunk);
        try {
            int length = LdapMessages.length(received);
            if (length == 0 || received.length() < length) {
                return;
            }
            if (received.length() > length) {
                throw new LdapFailure("the server sent more than the response");
            }
            LdapMessages.Response response = LdapMessages.response(received.getBytes());
            if (response.messageId() == NOTICE) {
                fail(new ClosedByServer());
                return;
            }
            if (response.messageId() != request.messageId() || response.operation() != request.operation()) {
                throw new LdapFailure("the response is not that of the request");
            }
            received = Buffer.buffer();
            pending = null;
            request.resultCode().tryComplete(response.resultCode());
        } catch (LdapFailure e) {
            fail(e);
        }
    }

    private void fail(Throwable failure) {
        close();
        Pending request = pending;
        if (request != null) {
            request.resultCode().tryFail(failure);
        }
    }

    void close() {
        isClosed = true;
        socket.close();
    }
}
