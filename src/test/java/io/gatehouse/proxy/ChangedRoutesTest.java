package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The proxy keeps the plans of routes that a change does not affect. After each of many random changes, it serves what the Admin API finds,
 * which reads the whole configuration ({@code POST /gatehouse/route-match}).
 */
class ChangedRoutesTest {
    private static final int CHANGES = 120;
    private static final List<String> PATHS = List.of("/", "/a", "/a/b", "/a/b/c", "/a/x", "/b");
    private static final List<String> PATTERNS = List.of("/", "/a", "/a/b", "/b", "~/a/[a-c]+", "~/b$");

    private final Random random = new Random(14);
    private Upstream upstream;
    private Gatehouse gatehouse;

    @BeforeEach
    void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start(TestDatabase.create());
    }

    /** Enough routes that a change of one leaves the index as it is. */
    private void addRoutes() {
        for (int i = 0; i < 40; i++) {
            gatehouse.create(
                    "/routes", new JsonObject().put("name", "x" + i).put("paths", new JsonArray().add("/other/" + i)));
        }
    }

    @AfterEach
    void stop() {
        gatehouse.close();
        upstream.close();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String service() {
        return "s" + random.nextInt(3);
    }

    private String route() {
        return "r" + random.nextInt(6);
    }

    /** One of few ids, so that plugins move from place to place. */
    private static String plugin(int number) {
        return new UUID(0, number + 1L).toString();
    }

    /** Makes one change. Some are refused, such as a second plugin of a place. */
    private Reply change() {
        return switch (random.nextInt(14)) {
            case 0, 1 -> gatehouse.admin("PUT", "/services/" + service(), newService());
            case 2, 3, 4 -> gatehouse.admin("PUT", "/services/" + service() + "/routes/" + route(), newRoute());
            case 5 -> gatehouse.admin("PUT", "/routes/" + route(), newRoute());
            case 6 -> gatehouse.admin("DELETE", "/routes/" + route());
            case 7 -> gatehouse.admin("DELETE", "/services/" + service());
            case 8 -> gatehouse.admin("DELETE", "/plugins/" + plugin(random.nextInt(3)));
            default -> gatehouse.admin("PUT", "/plugins/" + plugin(random.nextInt(3)), newPlugin());
        };
    }

    private JsonObject newService() {
        return new JsonObject()
                .put("host", "127.0.0.1")
                .put("port", upstream.port())
                .put("path", "/" + any(List.of("one", "two")))
                .put("enabled", random.nextInt(4) > 0);
    }

    private JsonObject newRoute() {
        return new JsonObject()
                .put("paths", new JsonArray().add(any(PATTERNS)))
                .put("methods", random.nextInt(3) == 0 ? new JsonArray().add("GET") : null)
                .put("regex_priority", random.nextInt(2))
                .put("strip_path", random.nextBoolean());
    }

    private JsonObject newPlugin() {
        JsonObject body = new JsonObject()
                .put("name", any(List.of("correlation-id", "response-transformer")))
                .put("enabled", random.nextInt(4) > 0);
        String value = "v" + random.nextInt(1_000);
        body.put(
                "config",
                body.getString("name").equals("correlation-id")
                        ? new JsonObject().put("header_name", "x-" + value).put("echo_downstream", true)
                        : new JsonObject()
                                .put("add", new JsonObject().put("headers", new JsonArray().add("x-" + value + ":1"))));
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> body.put("service", new JsonObject().put("name", service()));
            case 3, 4, 5, 6 -> body.put("route", new JsonObject().put("name", route()));
            default -> {
                // For every request.
            }
        }
        return body;
    }

    /** Compares what the proxy serves with what the Admin API finds. */
    private void isServed(String path) {
        JsonObject found = gatehouse
                .admin("POST", "/gatehouse/route-match", new JsonObject().put("url", gatehouse.proxyUrl(path)))
                .isStatus(200)
                .json();
        Reply served = gatehouse.get(path);
        String url = found.getString("upstream_url");
        if (found.getJsonObject("route") == null) {
            served.isStatus(404);
        } else if (url == null) {
            served.isStatus(503);
        } else {
            assertThat(served.isStatus(200).json().getString("uri"))
                    .isEqualTo(URI.create(url).getPath());
        }
        Set<String> expected = found.getJsonArray("plugins").stream()
                .map(plugin -> header(((JsonObject) plugin).getString("id")))
                .collect(Collectors.toSet());
        assertThat(added(served)).as(found.encode()).isEqualTo(expected);
    }

    /** Returns the response header that a plugin adds. */
    private String header(String plugin) {
        JsonObject entity = gatehouse.admin("GET", "/plugins/" + plugin).json();
        JsonObject config = entity.getJsonObject("config");
        return entity.getString("name").equals("correlation-id")
                ? config.getString("header_name")
                : config.getJsonObject("add")
                        .getJsonArray("headers")
                        .getString(0)
                        .replace(":1", "");
    }

    private static Set<String> added(Reply reply) {
        return reply.response().headers().map().keySet().stream()
                .filter(name -> name.matches("x-v\\d+"))
                .collect(Collectors.toSet());
    }

    @Test
    void eachChangeIsServedAsTheWholeConfigurationIs() {
        addRoutes();
        int made = 0;
        for (int i = 0; i < CHANGES; i++) {
            Reply reply = change();
            assertThat(reply.status()).as(reply.text()).isLessThan(500);
            assertThat(reply.header("X-Gatehouse-Late-Nodes")).isNull();
            made += reply.status() < 300 ? 1 : 0;
            PATHS.forEach(this::isServed);
        }
        assertThat(made).isGreaterThan(CHANGES / 2);

        Set<String> routes = gatehouse.admin("GET", "/routes?size=1000").json().getJsonArray("data").stream()
                .map(route -> ((JsonObject) route).getString("name"))
                .collect(Collectors.toSet());
        Stream<String> counted = Scrape.of(gatehouse).find("gatehouse_requests_total").stream()
                .map(sample -> sample.labels().getOrDefault("route", ""))
                .filter(name -> name.startsWith("r"));
        assertThat(counted).isNotEmpty().allSatisfy(name -> assertThat(routes).contains(name));
    }

    @Test
    void theFirstRouteOfAPlugin_hidesItsCredentialsFromTheLog() throws InterruptedException {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        upstream.behave(request -> request.body().onSuccess(body -> {
            messages.add(body.toString());
            request.response().end();
        }));
        gatehouse.create(
                "/plugins",
                new JsonObject()
                        .put("name", "http-log")
                        .put("config", new JsonObject().put("http_endpoint", "http://127.0.0.1:" + upstream.port())));
        gatehouse.create("/services", newService().put("name", "s").put("enabled", true));
        gatehouse.create(
                "/services/s/plugins",
                new JsonObject()
                        .put("name", "key-auth")
                        .put("config", new JsonObject().put("key_names", new JsonArray().add("apikey"))));
        gatehouse.create(
                "/services/s/routes", new JsonObject().put("name", "r").put("paths", new JsonArray().add("/s")));
        gatehouse.get("/s?apikey=the-secret-of-a-client").isStatus(401);

        assertThat(messages.poll(20, TimeUnit.SECONDS)).contains("/s?apikey=").doesNotContain("the-secret-of-a-client");
    }
}
