import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;

/**
 * The server that the gateway is built on, without the gateway: what h2spec finds here is Vert.x's and Netty's. Takes the
 * files of a certificate and its key, prints a line with the ports of h2c and of TLS.
 */
public final class BareServer {
    private BareServer() {}

    public static void main(String[] files) throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer plain = listen(vertx, new HttpServerOptions());
        HttpServer secure = listen(
                vertx,
                new HttpServerOptions()
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setKeyCertOptions(
                                new PemKeyCertOptions().setCertPath(files[0]).setKeyPath(files[1])));
        System.out.println("ports " + plain.actualPort() + " " + secure.actualPort());
    }

    private static HttpServer listen(Vertx vertx, HttpServerOptions options) throws Exception {
        return vertx.createHttpServer(options)
                .requestHandler(request ->
                        request.body().onSuccess(body -> request.response().end("bare and simple")))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }
}
