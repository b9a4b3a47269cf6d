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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends entries over a TCP connection. The connection stays open while it is used. */
final class TcpSender implements LogQueue.Sender<FinishedRequest> {
    /** Kong's limit for the connections of {@code statsd}, and the default of its pool. */
    private static final int STATSD_TIMEOUT_MILLIS = 1_000;

    private static final int STATSD_KEEPALIVE_MILLIS = 60_000;

    private final NetClient client;
    private final String host;
    private final int port;
    private final @Nullable String serverName;
    private final long timeoutMillis;
    private final Function<FinishedRequest, Buffer> format;
    private volatile @Nullable NetSocket open;

    private TcpSender(
            Vertx vertx,
            Document config,
            NetClientOptions options,
            @Nullable String serverName,
            Function<FinishedRequest, Buffer> format) {
        this.client = vertx.createNetClient(options.setIdleTimeoutUnit(TimeUnit.MILLISECONDS));
        this.host = config.string("host");
        this.port = (int) config.integer("port");
        this.serverName = serverName;
        this.timeoutMillis = options.getConnectTimeout();
        this.format = format;
    }

    /** Sends log messages, one line each. */
    static TcpSender ofMessages(Vertx vertx, Document config) {
        boolean isTls = config.flag("tls");
        NetClientOptions options = new NetClientOptions()
                .setConnectTimeout((int) config.integer("timeout"))
                .setIdleTimeout((int) config.integer("keepalive"))
                .setSsl(isTls);
        if (isTls) {
            options.setHostnameVerificationAlgorithm("HTTPS");
        }
        return new TcpSender(
                vertx,
                config,
                options,
                config.optionalString("tls_sni"),
                request -> LogMessage.of(request).toBuffer().appendByte((byte) '\n'));
    }

    /** Sends metrics, one line each. */
    static TcpSender ofMetrics(Vertx vertx, Document config, Function<FinishedRequest, List<String>> lines) {
        NetClientOptions options =
                new NetClientOptions().setConnectTimeout(STATSD_TIMEOUT_MILLIS).setIdleTimeout(STATSD_KEEPALIVE_MILLIS);
        return new TcpSender(vertx, config, options, null, request -> {
            Buffer metrics = Buffer.buffer();
            lines.apply(request).forEach(line -> metrics.appendString(line).appendByte((byte) '\n'));
            return metrics;
        });
    }

    @Override
    public Future<Integer> send(List<FinishedRequest> batch) {
        Buffer lines = Buffer.buffer();
        batch.forEach(request -> lines.appendBuffer(format.apply(request)));
        if (lines.length() == 0) {
            return Future.succeededFuture(0);
        }
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
