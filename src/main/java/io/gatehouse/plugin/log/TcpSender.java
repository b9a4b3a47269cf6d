package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends entries over a TCP connection, one line each. The connection stays open for {@code keepalive}. */
final class TcpSender implements LogQueue.Sender {
    private final NetClient client;
    private final String host;
    private final int port;
    private final @Nullable String serverName;
    private final long timeoutMillis;
    private volatile @Nullable NetSocket open;

    TcpSender(Vertx vertx, Document config) {
        this.host = config.string("host");
        this.port = (int) config.integer("port");
        this.serverName = config.optionalString("tls_sni");
        this.timeoutMillis = config.integer("timeout");
        boolean isTls = config.flag("tls");
        NetClientOptions options = new NetClientOptions()
                .setConnectTimeout((int) timeoutMillis)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) config.integer("keepalive"))
                .setSsl(isTls);
        if (isTls) {
            options.setHostnameVerificationAlgorithm("HTTPS");
        }
        this.client = vertx.createNetClient(options);
    }

    @Override
    public Future<Integer> send(List<FinishedRequest> batch) {
        Buffer lines = Buffer.buffer();
        batch.forEach(
                request -> lines.appendBuffer(LogMessage.of(request).toBuffer()).appendString("\r\n"));
        NetSocket socket = open;
        return (socket == null ? connect() : Future.succeededFuture(socket))
                .compose(connected -> write(connected, lines));
    }

    /** Closes the connection of a server that does not read. Vert.x would first wait for the server to read the rest. */
    private Future<Integer> write(NetSocket connected, Buffer lines) {
        return connected
                .write(lines)
                .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .onFailure(failure -> {
                    closed(connected);
                    var unused = ((NetSocketInternal) connected)
                            .channelHandlerContext()
                            .close();
                })
                .map(0);
    }

    private synchronized void closed(NetSocket socket) {
        if (open == socket) {
            open = null;
        }
    }

    private Future<NetSocket> connect() {
        return (serverName == null ? client.connect(port, host) : client.connect(port, host, serverName))
                .onSuccess(socket -> {
                    open = socket;
                    socket.closeHandler(closed -> closed(socket));
                });
    }
}
