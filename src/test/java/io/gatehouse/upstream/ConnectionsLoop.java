package io.gatehouse.upstream;

import static org.awaitility.Awaitility.await;

import io.gatehouse.syntax.Framing;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Pem;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The connections of an event loop, and an upstream that responds to every request with the number of the connection. */
final class ConnectionsLoop implements AutoCloseable {
    private static final int LONG = 10_000;
    private static final Duration KEPT = Duration.ofSeconds(30);
    static final UpstreamConnections.Limits ROOMY = limits(8, 8, KEPT);
    static final UpstreamConnections.Limits ONE = limits(1, 8, KEPT);

    static UpstreamConnections.Limits limits(int connections, int waiting, Duration keepAlive) {
        return new UpstreamConnections.Limits(connections, waiting, keepAlive, 8_192, 8_192);
    }

    private final Vertx vertx = TestTransport.vertx();
    private final NetServer upstream =
            Gatehouse.await(vertx.createNetServer().connectHandler(this::serve).listen(0, "127.0.0.1"));
    /** Kept, because an unreachable one closes its connections. */
    private final NetClient onwards = vertx.createNetClient();

    private final String deployed;
    private final Context loop;
    private final UpstreamConnections connections;

    final List<NetSocket> opened = new CopyOnWriteArrayList<>();
    final List<NetSocket> closed = new CopyOnWriteArrayList<>();
    volatile String statusLine = "HTTP/1.1 200 OK\r\n";
    volatile String header = "";
    volatile String afterwards = "";
    volatile boolean bodyless;

    private record Started(Context loop, UpstreamConnections connections) {}

    ConnectionsLoop(UpstreamConnections.Limits limits) {
        Promise<Started> started = Promise.promise();
        deployed = Gatehouse.await(vertx.deployVerticle(new VerticleBase() {
            @Override
            public Future<?> start() {
                started.complete(new Started(context, new UpstreamConnections(vertx, limits)));
                return Future.succeededFuture();
            }
        }));
        loop = started.future().result().loop();
        connections = started.future().result().connections();
    }

    @Override
    public void close() {
        Gatehouse.await(vertx.close());
    }

    void undeploy() {
        Gatehouse.await(vertx.undeploy(deployed));
    }

    void refuse() {
        Gatehouse.await(upstream.close());
    }

    UpstreamAddress address() {
        int port = upstream.actualPort();
        return UpstreamAddress.of(SocketAddress.inetSocketAddress(port, "127.0.0.1"), "localhost", port, null);
    }

    /** The address of an upstream with TLS that reads nothing before {@code told}. */
    UpstreamAddress deaf(Future<Void> told) {
        return deaf(() -> told);
    }

    /** The address of an upstream with TLS that reads nothing on a new connection before the future for it completes. */
    UpstreamAddress deaf(Supplier<Future<Void>> told) {
        int secure = Gatehouse.await(vertx.createNetServer(new NetServerOptions()
                                .setSsl(true)
                                .setKeyCertOptions(new PemKeyCertOptions()
                                        .addCertValue(Buffer.buffer(Pem.read("upstream.pem")))
                                        .addKeyValue(Buffer.buffer(Pem.read("upstream.key")))))
                        .connectHandler(this::serve)
                        .listen(0, "127.0.0.1"))
                .actualPort();
        int port = Gatehouse.await(vertx.createNetServer()
                        .connectHandler(socket -> {
                            socket.pause();
                            told.get()
                                    .compose(go -> onwards.connect(secure, "127.0.0.1"))
                                    .onSuccess(there -> {
                                        socket.pipeTo(there);
                                        there.pipeTo(socket);
                                    });
                        })
                        .listen(0, "127.0.0.1"))
                .actualPort();
        return UpstreamAddress.of(
                SocketAddress.inetSocketAddress(port, "127.0.0.1"),
                "localhost",
                port,
                new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm(""));
    }

    private void serve(NetSocket socket) {
        opened.add(socket);
        int number = opened.size();
        socket.closeHandler(end -> closed.add(socket));
        socket.handler(bytes -> {
            if (bytes.toString().contains(" HTTP/1.1\r\n")) {
                String body = bodyless ? "" : number + afterwards;
                socket.write(statusLine + header + "Content-Length: 1\r\n\r\n" + body);
            }
        });
    }

    <T> Future<T> run(Supplier<Future<T>> work) {
        Promise<T> promise = Promise.promise();
        loop.runOnContext(turn -> work.get().onComplete(promise));
        return promise.future();
    }

    Future<UpstreamConnection> lend(UpstreamAddress to, int timeoutMillis) {
        return run(() -> {
            UpstreamConnection idle = connections.idle(to, System.nanoTime());
            return idle == null ? connections.next(to, timeoutMillis).connection() : Future.succeededFuture(idle);
        });
    }

    /** Joins the queue for a connection. */
    UpstreamConnections.Waiting queue() {
        return Gatehouse.await(run(() -> Future.succeededFuture(connections.next(address(), LONG))));
    }

    Future<UpstreamConnection> lendSoon() {
        return lend(address(), LONG);
    }

    UpstreamConnection lend() {
        return Gatehouse.await(lendSoon());
    }

    void giveBack(UpstreamConnection connection) {
        Promise<Void> given = Promise.promise();
        loop.runOnContext(turn -> {
            request(connection, HttpMethod.GET).abort(new Exception("never sent"));
            given.complete();
        });
        Gatehouse.await(given.future());
    }

    static UpstreamRequest request(UpstreamConnection connection, HttpMethod method) {
        HostAndPort authority = HostAndPort.create("localhost", -1);
        return connection.request(
                new UpstreamHead(method, "/", authority, UpstreamHead.newHeaders(authority, (name, value) -> {})));
    }

    /** Requests the number of the connection, and returns the connection with the response. */
    Future<String> number(UpstreamConnection connection) {
        return run(() -> {
            UpstreamRequest request = request(connection, HttpMethod.GET);
            Future<String> body = body(request);
            request.begin(Framing.NONE);
            request.end();
            return body;
        });
    }

    /** Returns the whole response to a request. */
    static Future<String> body(UpstreamRequest request) {
        Promise<String> whole = Promise.promise();
        request.response()
                .onFailure(whole::fail)
                .onSuccess(response -> response.read(new UpstreamResponse.Reader() {
                    private final Buffer body = Buffer.buffer();

                    @Override
                    public void data(Buffer data) {
                        body.appendBuffer(data);
                    }

                    @Override
                    public void end() {
                        whole.complete(body.toString());
                    }

                    @Override
                    public void failed(Throwable failure) {
                        whole.fail(failure);
                    }
                }));
        return whole.future();
    }

    /** The number of the connection a request gets. */
    String ask() {
        return Gatehouse.await(number(lend()));
    }

    boolean knowsNoAddress() {
        return Gatehouse.await(run(() -> Future.succeededFuture(connections.addresses()))) == 0;
    }

    static void soon(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(condition);
    }
}
