package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Collects the datagrams that it receives. */
final class MetricServer {
    private final DatagramSocket socket;
    private final BlockingQueue<String> datagrams = new LinkedBlockingQueue<>();

    /** Listens until the Vert.x instance is closed. */
    MetricServer(Vertx vertx) {
        socket = vertx.createDatagramSocket();
        Gatehouse.await(socket.listen(0, "127.0.0.1"));
        socket.handler(packet -> datagrams.add(packet.data().toString()));
    }

    /** Returns the configuration of a plugin that sends its metrics to this server. */
    JsonObject config() {
        return new JsonObject()
                .put("host", "127.0.0.1")
                .put("port", socket.localAddress().port());
    }

    String next() {
        try {
            String datagram = datagrams.poll(LogServer.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(datagram).as("a datagram").isNotNull();
            return datagram;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> next(int count) {
        List<String> received = new ArrayList<>();
        while (received.size() < count) {
            received.add(next());
        }
        return received;
    }
}
