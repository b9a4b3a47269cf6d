package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/**
 * Sends entries as datagrams.
 *
 * <p><i>Why</i>: a batch is sent again only if no datagram of it could be sent. A client could otherwise repeat the entries of others, and
 * delay them, with one request whose entry is larger than a datagram.
 */
final class UdpSender implements LogQueue.Sender<FinishedRequest> {
    /** Bytes of the largest datagram of IPv4 (RFC 768, RFC 791 §3.1). */
    static final int MAX_BYTES = 65_507;

    /** Datagrams that are passed to the socket at once: an entry can have several, and a batch a million entries. */
    private static final int WINDOW = 1_000;

    private final DatagramSocket socket;
    private final String host;
    private final int port;
    private final Function<List<FinishedRequest>, List<Datagram>> format;

    UdpSender(DatagramSocket socket, Document config, Function<List<FinishedRequest>, List<Datagram>> format) {
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
        BitSet lost = new BitSet();
        List<Datagram> sendable = new ArrayList<>();
        for (Datagram datagram : format.apply(batch)) {
            if (datagram.bytes().length() <= MAX_BYTES) {
                sendable.add(datagram);
            } else {
                lost.set(datagram.from(), datagram.to() + 1);
            }
        }
        List<Future<Void>> sent = new ArrayList<>();
        return sendAll(sendable, sent).transform(done -> {
            if (!sent.isEmpty() && sent.stream().allMatch(Future::failed)) {
                return Future.failedFuture(sent.get(0).cause());
            }
            for (int i = 0; i < sent.size(); i++) {
                if (sent.get(i).failed()) {
                    lost.set(sendable.get(i).from(), sendable.get(i).to() + 1);
                }
            }
            return Future.succeededFuture(lost.cardinality());
        });
    }

    /** Sends the datagrams that are not in {@code sent} yet. Completes when all are. */
    private Future<Void> sendAll(List<Datagram> datagrams, List<Future<Void>> sent) {
        List<Future<Void>> window = datagrams.stream()
                .skip(sent.size())
                .limit(WINDOW)
                .map(datagram -> socket.send(datagram.bytes(), port, host))
                .toList();
        sent.addAll(window);
        return Future.join(window)
                .transform(
                        done -> sent.size() < datagrams.size() ? sendAll(datagrams, sent) : Future.succeededFuture());
    }
}
