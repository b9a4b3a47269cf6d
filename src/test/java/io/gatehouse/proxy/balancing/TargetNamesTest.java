package io.gatehouse.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.NameServer;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Targets that are host names: every address is used, and asked for again when its time is over; docs/reference/proxy.md#upstreams-and-targets. */
class TargetNamesTest {
    private static Gatehouse gatehouse;
    private static NameServer names;
    private static Vertx vertx;
    private static int port;

    @BeforeAll
    static void start() {
        names = new NameServer();
        gatehouse = Gatehouse.start(Gatehouse.withNameServers(
                Gatehouse.config(TestDatabase.create(), List.of()), List.of(names.address())));
        vertx = Vertx.vertx();
        // Three servers on one port, as the targets of one name are.
        port = listen("127.0.0.2", 0);
        listen("127.0.0.3", port);
        listen("127.0.0.4", port);
    }

    private static int listen(String address, int wanted) {
        return Gatehouse.await(vertx.createHttpServer()
                        .requestHandler(request -> request.response()
                                .putHeader("x-target", address)
                                .end())
                        .listen(wanted, address))
                .actualPort();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        Gatehouse.await(vertx.close());
        names.close();
    }

    @BeforeEach
    void answer() {
        names.silent(false);
    }

    private static void balance(String name) {
        gatehouse.create("/upstreams", new JsonObject().put("name", name + ".upstream"));
        gatehouse.create(
                "/upstreams/" + name + ".upstream/targets", new JsonObject().put("target", name + ".test:" + port));
        gatehouse.create("/services", new JsonObject().put("name", name).put("url", "http://" + name + ".upstream"));
        gatehouse.create("/services/" + name + "/routes", new JsonObject().put("paths", List.of("/" + name)));
    }

    /** Where eight requests end up. */
    private static Set<String> used(String name) {
        Set<String> used = new TreeSet<>();
        for (int i = 0; i < 8; i++) {
            var reply = gatehouse.get("/" + name);
            used.add(reply.status() == 200 ? reply.header("x-target") : Integer.toString(reply.status()));
        }
        return used;
    }

    @Test
    void everyAddressOfANameIsUsedFromTheFirstRequestOn() {
        names.set("several.test", "127.0.0.2", "127.0.0.3");
        balance("several");
        assertThat(used("several")).containsExactly("127.0.0.2", "127.0.0.3");
    }

    @Test
    void aChangedAddressOfANameIsUsed() {
        names.set("moving.test", "127.0.0.2");
        balance("moving");
        assertThat(used("moving")).containsExactly("127.0.0.2");
        names.set("moving.test", "127.0.0.4");
        await().until(() -> used("moving").equals(Set.of("127.0.0.4")));
    }

    @Test
    void anUnresponsiveNameServerRemovesNoTarget() {
        names.set("stable.test", "127.0.0.3");
        balance("stable");
        assertThat(used("stable")).containsExactly("127.0.0.3");
        names.silent(true);
        int before = names.questions();
        await().until(() -> names.questions() > before + 2);
        assertThat(used("stable")).containsExactly("127.0.0.3");
    }

    @Test
    void aNameThatNoNameServerCanHaveIsNoPeer() {
        String name = "a".repeat(64);
        balance(name);
        assertThat(used(name)).containsExactly("503");
        gatehouse.create("/services", new JsonObject().put("name", "direct").put("url", "http://" + name + ".test"));
        gatehouse.create("/services/direct/routes", new JsonObject().put("paths", List.of("/direct")));
        gatehouse.create("/services", new JsonObject().put("name", "unknown").put("url", "http://nowhere.invalid"));
        gatehouse.create("/services/unknown/routes", new JsonObject().put("paths", List.of("/unknown")));
        assertThat(used("direct")).isEqualTo(used("unknown"));
    }

    @Test
    void aNameIsNoPeerUntilItIsResolved() {
        balance("late");
        assertThat(used("late")).containsExactly("503");
        assertThat(gatehouse
                        .admin("GET", "/upstreams/late.upstream/health")
                        .json()
                        .getJsonArray("data")
                        .getJsonObject(0)
                        .getString("health"))
                .isEqualTo("DNS_ERROR");
        names.set("late.test", "127.0.0.2");
        await().until(() -> used("late").equals(Set.of("127.0.0.2")));
    }
}
