package io.gatehouse.proxy.drain;

import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.flood.FloodUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Clients with one connection each, that keep it until a response says {@code close}, and send no request twice. */
final class KeepAliveClients implements AutoCloseable {
    /** From ten requests a second to one and a bit on each connection. */
    private static final long SHORTEST_MILLIS = 100;

    private static final long LONGEST_MILLIS = 900;
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
    private static final byte[] REQUEST = FloodUpstream.ascii("GET /api HTTP/1.1\r\nHost: a\r\n\r\n");

    private final IntSupplier port;
    private final ScheduledExecutorService threads;
    private final AtomicInteger responses = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Client> clients = new ArrayList<>();
    private final List<String> lost = new CopyOnWriteArrayList<>();

    KeepAliveClients(int size, IntSupplier port) {
        this.port = port;
        threads = Executors.newScheduledThreadPool(size);
        for (int i = 0; i < size; i++) {
            Client client = new Client();
            clients.add(client);
            long every = SHORTEST_MILLIS + (LONGEST_MILLIS - SHORTEST_MILLIS) * i / size;
            var unused = threads.scheduleAtFixedRate(client, 0, every, TimeUnit.MILLISECONDS);
        }
    }

    private final class Client implements Runnable {
        private volatile @Nullable Socket connection;

        @Override
        public void run() {
            int requests = responses.get();
            try {
                Socket last = connection;
                Socket open = last == null ? connect() : last;
                connection = open;
                open.getOutputStream().write(REQUEST);
                String head = FloodUpstream.head(open.getInputStream());
                Matcher length = LENGTH.matcher(head);
                if (!head.startsWith("HTTP/1.1 200 ") || !length.find()) {
                    throw new IOException(head.lines().findFirst().orElse(""));
                }
                int size = Integer.parseInt(length.group(1));
                if (open.getInputStream().readNBytes(size).length < size) {
                    throw new IOException("ended within the body");
                }
                responses.incrementAndGet();
                if (head.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n")) {
                    close();
                }
            } catch (IOException | IllegalStateException e) {
                if (!threads.isShutdown()) {
                    lost.add("after " + requests + " responses: " + e);
                }
                close();
            }
        }

        private Socket connect() throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.getAsInt());
            socket.setSoTimeout(TIMEOUT_MILLIS);
            connections.incrementAndGet();
            return socket;
        }

        private void close() {
            try {
                Socket last = connection;
                if (last != null) {
                    last.close();
                }
            } catch (IOException e) {
                // It is gone as well.
            }
            connection = null;
        }
    }

    /** Until so many more responses have come. */
    void awaitMore(int number) {
        int enough = responses.get() + number;
        await().atMost(Duration.ofSeconds(60)).until(() -> responses.get() >= enough);
    }

    List<String> lost() {
        return lost;
    }

    int connections() {
        return connections.get();
    }

    @Override
    public String toString() {
        return responses + " responses over " + connections + " connections, " + lost.size() + " requests lost "
                + lost.stream().limit(3).toList();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        clients.forEach(Client::close);
    }
}
