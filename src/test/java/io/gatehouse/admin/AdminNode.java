package io.gatehouse.admin;

import io.gatehouse.admin.call.OwnProxy;
import io.gatehouse.balancer.HealthClient;
import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Broadcast;
import io.gatehouse.bus.FetchFigures;
import io.gatehouse.bus.NodeFigures;
import io.gatehouse.bus.RecordCodec;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PublicAddresses;
import io.gatehouse.plugin.proxycache.CacheClient;
import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.Database;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.store.entity.CatalogStore;
import io.gatehouse.store.entity.EntityStore;
import io.gatehouse.store.entity.WriteResult;
import io.gatehouse.syntax.Json;
import io.gatehouse.testing.LoneNode;
import io.gatehouse.testing.TestTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs a node with only the admin role on its own database and a free port, and calls it over HTTP. */
public final class AdminNode implements AutoCloseable {
    public static final String NODE = "node-1";

    private final Vertx vertx = TestTransport.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Database database;
    private final AdminVerticle verticle;

    /** The published writes in order. */
    public final List<WriteResult> announced = new CopyOnWriteArrayList<>();

    /** The nodes that are late for the next writes. */
    volatile Future<List<String>> late = Future.succeededFuture(List.of());

    public AdminNode() {
        this(TestDatabase.create(), config("127.0.0.1", null));
    }

    public AdminNode(PostgresConfig postgres, AdminConfig config) {
        RecordCodec.register(vertx);
        database = Database.open(vertx, postgres);
        verticle = new AdminVerticle(new AdminDependencies(
                new EntityStore(database),
                database,
                config,
                new LoneNode(NODE),
                written -> {
                    announced.add(written);
                    return late;
                },
                new HealthClient(vertx, new Broadcast(vertx, new LoneNode(NODE)), Duration.ofSeconds(1), true),
                new CacheClient(
                        vertx, new LoneNode(NODE), new Broadcast(vertx, new LoneNode(NODE)), Duration.ofSeconds(1)),
                new OwnProxy(() -> null, () -> null, PublicAddresses.DEFAULT_REAL_IP_HEADER),
                () -> 7L,
                () -> Catalog.of(await(new CatalogStore(database).load())),
                "0.0.0-test",
                Map.of("proxy_listen", List.of("127.0.0.1:8000")),
                () -> new ServerCounters(5, 3, 1, 42),
                new SimpleMeterRegistry()));
        await(vertx.deployVerticle(verticle));
    }

    public static AdminConfig config(String host, @Nullable String token) {
        return rotating(host, token == null ? List.of() : List.of(token));
    }

    public static AdminConfig rotating(String host, List<String> tokens) {
        return new AdminConfig(new ListenAddress(host, 0), Duration.ofSeconds(2), tokens, tokens.isEmpty(), null);
    }

    /** Registers the figures with which this node replies to the sampler. */
    public void report(Supplier<NodeFigures> figures) {
        await(vertx.eventBus()
                .<FetchFigures>consumer(Addresses.fetchFigures(NODE), message -> message.reply(figures.get()))
                .completion());
    }

    /** Opens an event stream, which lasts until the node is closed. */
    public void openStream(String path) {
        http.sendAsync(request(path).build(), HttpResponse.BodyHandlers.ofInputStream())
                .join();
    }

    public int port() {
        return verticle.port();
    }

    /** Returns the newest committed version of the configuration. */
    public long catalogVersion() {
        return await(new ChangeStore(database).since(null)).catalogVersion();
    }

    public static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    public Reply get(String path) {
        return send("GET", path);
    }

    public Reply delete(String path) {
        return send("DELETE", path);
    }

    public Reply post(String path, Object json) {
        return json("POST", path, json);
    }

    public Reply put(String path, Object json) {
        return json("PUT", path, json);
    }

    public Reply patch(String path, Object json) {
        return json("PATCH", path, json);
    }

    public Reply json(String method, String path, Object json) {
        return send(method, path, "application/json", text(json));
    }

    private static String text(Object json) {
        return json instanceof JsonObject object ? object.encode() : Json.write(json);
    }

    public Reply form(String method, String path, String form) {
        return send(method, path, "application/x-www-form-urlencoded", form);
    }

    public Reply send(String method, String path) {
        return sendWith(method, path);
    }

    /** Sends a request; {@code headers} alternates names and values. */
    public Reply sendWith(String method, String path, String... headers) {
        return send(request(path, headers).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    public Reply send(String method, String path, String contentType, String body) {
        return send(
                request(path, "Content-Type", contentType).method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    public Reply send(String method, String path, String contentType, byte[] body) {
        return send(request(path, "Content-Type", contentType)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private Reply send(HttpRequest.Builder request) {
        return sendAsync(request).join();
    }

    public CompletableFuture<Reply> jsonAsync(String method, String path, Object json) {
        return sendAsync(request(path, "Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(text(json))));
    }

    private CompletableFuture<Reply> sendAsync(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(Reply::new);
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(20));
        return headers.length == 0 ? request : request.headers(headers);
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    /** Holds a response of the Admin API. */
    public record Reply(HttpResponse<String> response) {
        public int status() {
            return response.statusCode();
        }

        public String text() {
            return response.body();
        }

        public JsonObject json() {
            return new JsonObject(response.body());
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public String id() {
            return json().getString("id");
        }

        public List<JsonObject> data() {
            return json().getJsonArray("data").stream()
                    .map(JsonObject.class::cast)
                    .toList();
        }

        public String message() {
            return json().getString("message");
        }
    }
}
