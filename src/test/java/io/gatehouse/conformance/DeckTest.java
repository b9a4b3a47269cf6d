package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.DeckClient;
import io.gatehouse.testing.DeckClient.Collection;
import io.gatehouse.testing.DeckClient.Wanted;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replays decK's requests (docs/reference/deck.md). */
class DeckTest {
    /** Services of the generated state; routes are twice, consumers and credentials two and a half times as many. */
    private static final int SERVICES = Integer.getInteger("gatehouse.deck.services", 100);

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static DeckClient deck;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        deck = new DeckClient(gatehouse);
    }

    @AfterEach
    void resetDeletesEverything() {
        deck.reset();
    }

    @AfterAll
    static void stop() {
        deck.close();
        gatehouse.close();
        upstream.close();
    }

    private static String id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static JsonObject named(String id) {
        return new JsonObject().put("id", id);
    }

    private static JsonObject reference(String name) {
        return new JsonObject().put("id", id(name));
    }

    /** The state of docs/reference/deck.md#example, as decK sends it. */
    private static List<Wanted> firstFiveMinutes() {
        return List.of(
                new Wanted(
                        Collection.SERVICES,
                        "/services",
                        named(id("s"))
                                .put("name", "example-service")
                                .put("protocol", "http")
                                .put("host", "127.0.0.1")
                                .put("port", upstream.port())
                                .put("path", "/anything")),
                new Wanted(
                        Collection.ROUTES,
                        "/routes",
                        named(id("r"))
                                .put("name", "example-route")
                                .put("paths", new JsonArray().add("/anything"))
                                .put("protocols", new JsonArray().add("http").add("https"))
                                .put("service", reference("s"))),
                new Wanted(
                        Collection.PLUGINS,
                        "/plugins",
                        named(id("p"))
                                .put("name", "oauth2")
                                .put("service", reference("s"))
                                .put(
                                        "config",
                                        new JsonObject()
                                                .put(
                                                        "scopes",
                                                        new JsonArray()
                                                                .add("email")
                                                                .add("profile"))
                                                .put("global_credentials", true)
                                                .put("provision_key", "4bafd2b4-c2f6-4b4f-9d2a-6f4f6c1b9b1e")
                                                .put("enable_client_credentials", true))),
                new Wanted(Collection.CONSUMERS, "/consumers", named(id("c")).put("username", "alex")),
                new Wanted(
                        Collection.OAUTH2,
                        "/consumers/" + id("c") + "/oauth2",
                        named(id("o"))
                                .put("name", "oauth2-app")
                                .put("client_id", "client")
                                .put("client_secret", "secret")
                                .put("hash_secret", true)
                                .put("redirect_uris", new JsonArray().add("http://localhost:8000/anything"))
                                .put("consumer", reference("c"))));
    }

    @Test
    void aTokenRemainsValidAfterTheNextSyncOfTheExample() {
        assertThat(deck.sync(firstFiveMinutes())).isEqualTo(5);
        JsonObject application = new JsonObject().put("client_id", "client").put("client_secret", "secret");
        String token = gatehouse.clientCredentialsToken("/anything", application);

        // The stored secret differs from the file's, so decK sends that entity again. Nothing changes.
        assertThat(deck.sync(firstFiveMinutes())).isLessThanOrEqualTo(1);

        gatehouse.getWithToken("/anything", token).isStatus(200);
        gatehouse.clientCredentialsToken("/anything", application);
    }

    @Test
    void aLargeStateIsSyncedUnderTrafficAndTheSecondSyncChangesNothing() throws InterruptedException {
        gatehouse.createApi("alive", "/alive", upstream.port());
        AtomicBoolean goingOn = new AtomicBoolean(true);
        AtomicInteger calls = new AtomicInteger();
        List<Integer> failures = new ArrayList<>();
        Thread traffic = new Thread(() -> {
            while (goingOn.get()) {
                int status = gatehouse.get("/alive").status();
                calls.incrementAndGet();
                if (status != 200) {
                    failures.add(status);
                }
            }
        });
        List<Wanted> state = withTraffic(large());
        traffic.start();

        long start = System.nanoTime();
        assertThat(deck.sync(state)).isEqualTo(state.size() - 2);
        Duration first = Duration.ofNanos(System.nanoTime() - start);
        assertThat(deck.sync(state)).isZero();
        Duration second = Duration.ofNanos(System.nanoTime() - start).minus(first);
        goingOn.set(false);
        traffic.join();

        System.out.printf(
                "decK state of %d entities: first sync %d ms, second %d ms, %d calls meanwhile%n",
                state.size(), first.toMillis(), second.toMillis(), calls.get());
        assertThat(failures).isEmpty();
        assertThat(calls).hasPositiveValue();
        int last = SERVICES - 1;
        gatehouse.get("/path-" + last + "-0", "apikey", "key-0").isStatus(200);
    }

    /** Returns the unchanged entities that the traffic uses. */
    private static List<Wanted> withTraffic(List<Wanted> state) {
        List<Wanted> all = new ArrayList<>(state);
        for (Collection collection : List.of(Collection.SERVICES, Collection.ROUTES)) {
            String path = "/" + collection.name().toLowerCase(Locale.ROOT);
            all.add(new Wanted(
                    collection, path, gatehouse.admin("GET", path + "/alive").json()));
        }
        return all;
    }

    private static List<Wanted> large() {
        List<Wanted> state = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            state.add(new Wanted(
                    Collection.SERVICES,
                    "/services",
                    named(id("service" + i))
                            .put("name", "service-" + i)
                            .put("host", "127.0.0.1")
                            .put("port", upstream.port())
                            .put("tags", new JsonArray().add("large"))));
            for (int j = 0; j < 2; j++) {
                state.add(new Wanted(
                        Collection.ROUTES,
                        "/routes",
                        named(id("route" + i + "-" + j))
                                .put("name", "route-" + i + "-" + j)
                                .put("paths", new JsonArray().add("/path-" + i + "-" + j))
                                .put("service", reference("service" + i))));
            }
            state.add(new Wanted(
                    Collection.PLUGINS,
                    "/plugins",
                    named(id("plugin" + i)).put("name", "key-auth").put("service", reference("service" + i))));
        }
        for (int i = 0; i < SERVICES * 5 / 2; i++) {
            state.add(new Wanted(
                    Collection.CONSUMERS,
                    "/consumers",
                    named(id("consumer" + i)).put("username", "consumer-" + i)));
            state.add(new Wanted(
                    Collection.KEY_AUTHS,
                    "/consumers/" + id("consumer" + i) + "/key-auth",
                    named(id("key" + i)).put("key", "key-" + i).put("consumer", reference("consumer" + i))));
        }
        return state;
    }
}
