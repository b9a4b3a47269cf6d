package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import java.util.List;
import java.util.function.Function;

/**
 * Sends each entry as one datagram.
 *
 * <p><i>Why</i>: a batch is sent again only if no datagram of it could be sent. A client could otherwise repeat the entries of others, and
 * delay them, with one request whose entry is larger than a datagram.
 */
final class UdpSender implements LogQueue.Sender {
    /** Bytes of the largest datagram of IPv4 (RFC 768, RFC 791 §3.1). */
    private static final int MAX_BYTES = 65_507;

    private final DatagramSocket socket;
    private final String host;
    private final int port;
    private final Function<FinishedRequest, Buffer> format;

    UdpSender(DatagramSocket socket, Document config, Function<FinishedRequest, Buffer> format) {
        this.socket = socket;
        this.host = config.string("host");
        this.port = (int) config.integer("port");
        this.format = format;
    }

    static Buffer json(FinishedRequest request) {
        return LogMessage.of(request).toBuffer();
    }

    @Override
    public Future<Integer> send(List<FinishedRequest> batch) {
        List<Buffer> datagrams = batch.stream()
                .map(format)
                .filter(datagram -> datagram.length() > 0)
                .toList();
        List<Future<Void>> sent = datagrams.stream()
                .filter(datagram -> datagram.length() <= MAX_BYTES)
                .map(datagram -> socket.send(datagram, port, host))
                .toList();
        int tooLarge = datagrams.size() - sent.size();
        return Future.join(sent).transform(done -> {
            List<Future<Void>> failed = sent.stream().filter(Future::failed).toList();
            return failed.isEmpty() || failed.size() < sent.size()
                    ? Future.succeededFuture(tooLarge + failed.size())
                    : Future.failedFuture(failed.get(0).cause());
        });
    }
}
