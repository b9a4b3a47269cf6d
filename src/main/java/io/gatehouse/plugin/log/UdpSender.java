package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import java.util.List;
import java.util.function.Function;

/** Sends each entry as one datagram. One that is larger than a datagram is not sent, and counts as failed. */
final class UdpSender implements LogQueue.Sender {
    private final DatagramSocket socket;
    private final String host;
    private final int port;
    private final Function<FinishedRequest, Buffer> format;

    UdpSender(Vertx vertx, Document config, Function<FinishedRequest, Buffer> format) {
        this.socket = vertx.createDatagramSocket();
        this.host = config.string("host");
        this.port = (int) config.integer("port");
        this.format = format;
    }

    static Buffer json(FinishedRequest request) {
        return LogMessage.of(request).toBuffer();
    }

    @Override
    public Future<Void> send(List<FinishedRequest> batch) {
        return Future.join(batch.stream()
                        .map(format)
                        .filter(datagram -> datagram.length() > 0)
                        .map(datagram -> socket.send(datagram, port, host))
                        .toList())
                .mapEmpty();
    }
}
