package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests plugins of Consumers and the precedence of places (docs/reference/admin-api.md#plugins). */
class ConsumerPluginsTest {
    private static final String TERMINATION = "request-termination";
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    /** Creates a request-termination plugin that responds with the status, at a place such as {@code service=x}. */
    private static JsonObject terminate(int status, String... places) {
        JsonObject plugin =
                new JsonObject().put("name", TERMINATION).put("config", new JsonObject().put("status_code", status));
        for (String place : places) {
            String[] parts = place.split("=", 2);
            plugin.put(parts[0], new JsonObject().put(parts[0].equals("consumer") ? "username" : "name", parts[1]));
        }
        return api.gatehouse.create("/plugins", plugin);
    }

    private static void delete(JsonObject plugin) {
        api.gatehouse.admin("DELETE", "/plugins/" + plugin.getString("id")).isStatus(204);
    }

    @Test
    void theConfigurationOfTheMostSpecificPlaceRuns() {
        String path = api.protectedBy("key-auth", new JsonObject());
        String name = path.substring(1);
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        JsonObject stranger = api.key(api.consumer());
        String ofRoute = "route=" + name;
        String ofService = "service=" + name;
        String ofConsumer = "consumer=" + consumer;
        List<JsonObject> fromMostSpecific = List.of(
                terminate(461, ofConsumer, ofRoute, ofService),
                terminate(462, ofConsumer, ofRoute),
                terminate(463, ofConsumer, ofService),
                terminate(464, ofRoute, ofService),
                terminate(465, ofConsumer),
                terminate(466, ofRoute),
                terminate(467, ofService),
                terminate(468));

        int status = 461;
        int forOthers = 464;
        for (JsonObject plugin : fromMostSpecific) {
            api.getWithKey(path, key).isStatus(status);
            forOthers = Math.max(forOthers, status == 465 ? 466 : status);
            api.getWithKey(path, stranger).isStatus(forOthers);
            delete(plugin);
            status++;
        }
        api.getWithKey(path, key).isStatus(200);
        api.getWithKey(path, stranger).isStatus(200);
    }

    @Test
    void aPluginOfAConsumerRunsForNoOtherRequest() {
        String path = api.protectedBy("key-auth", new JsonObject());
        String open = api.open();
        String other = api.protectedBy("key-auth", new JsonObject());
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        JsonObject stranger = api.key(api.consumer());
        terminate(460, "consumer=" + consumer, "service=" + path.substring(1));

        api.getWithKey(path, key).isStatus(460);
        api.getWithKey(path, stranger).isStatus(200);
        api.gatehouse.get(path).isStatus(401);
        api.getWithKey(open, key).isStatus(200);
        api.getWithKey(other, key).isStatus(200);
    }

    @Test
    void theAnonymousConsumerHasItsOwnPlugins() {
        String anonymous = api.consumer();
        String path = api.protectedBy("key-auth", new JsonObject().put("anonymous", anonymous));
        JsonObject key = api.key(api.consumer());
        JsonObject plugin = terminate(429, "consumer=" + anonymous);

        api.gatehouse.get(path).isStatus(429);
        api.getWithKey(path, key).isStatus(200);
        delete(plugin);
        api.gatehouse.get(path).isStatus(200);
    }

    @Test
    void aDisabledPluginLeavesTheRequestToTheNextPlace() {
        String path = api.protectedBy("key-auth", new JsonObject());
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        JsonObject ofConsumer = terminate(461, "consumer=" + consumer);
        terminate(462, "service=" + path.substring(1));
        api.getWithKey(path, key).isStatus(461);

        api.gatehouse
                .admin("PATCH", "/plugins/" + ofConsumer.getString("id"), new JsonObject().put("enabled", false))
                .isStatus(200);

        api.getWithKey(path, key).isStatus(462);
    }

    @Test
    void aPluginThatRunsBeforeAuthenticationHasNoConsumer() {
        String path = api.protectedBy("key-auth", new JsonObject());
        String consumer = api.consumer();
        api.gatehouse.create(
                "/consumers/" + consumer + "/plugins",
                new JsonObject()
                        .put("name", "correlation-id")
                        .put("config", new JsonObject().put("echo_downstream", true)));

        Reply reply = api.getWithKey(path, api.key(consumer)).isStatus(200);

        assertThat(reply.header("kong-request-id")).isNull();
    }

    @Test
    void pluginsOfAConsumerAreReadAndWrittenBelowIt() {
        String consumer = api.consumer();
        String plugins = "/consumers/" + consumer + "/plugins";
        JsonObject created = api.gatehouse.create(
                plugins, new JsonObject().put("name", TERMINATION).put("instance_name", "mine-" + consumer));
        String one = plugins + "/" + created.getString("id");

        assertThat(created.getJsonObject("consumer").getString("id"))
                .isEqualTo(api.gatehouse
                        .admin("GET", "/consumers/" + consumer)
                        .json()
                        .getString("id"));
        assertThat(api.gatehouse.admin("GET", plugins).json().getJsonArray("data"))
                .isEqualTo(JsonArray.of(created));
        assertThat(api.gatehouse.admin("GET", plugins + "/mine-" + consumer).json())
                .isEqualTo(created);
        JsonObject config = new JsonObject().put("status_code", 404);
        assertThat(api.gatehouse
                        .admin("PATCH", one, new JsonObject().put("config", config))
                        .isStatus(200)
                        .json()
                        .getJsonObject("config")
                        .getInteger("status_code"))
                .isEqualTo(404);
        api.gatehouse
                .admin("POST", plugins, new JsonObject().put("name", TERMINATION))
                .isStatus(409);
        api.gatehouse
                .admin("PUT", one, new JsonObject().put("name", TERMINATION))
                .isStatus(200);

        api.gatehouse.admin("DELETE", "/consumers/" + consumer).isStatus(204);
        api.gatehouse.admin("GET", "/plugins/" + created.getString("id")).isStatus(404);
    }

    @Test
    void pluginsThatAuthenticateOrRunForEveryoneAreNotForConsumers() {
        String consumer = api.consumer();
        for (String plugin : List.of("oauth2", "jwt", "key-auth", "acl", "cors")) {
            JsonObject refused = api.gatehouse
                    .admin("POST", "/consumers/" + consumer + "/plugins", new JsonObject().put("name", plugin))
                    .isStatus(400)
                    .json();
            assertThat(refused.getJsonObject("fields").getString("consumer"))
                    .as(plugin)
                    .isEqualTo("value must be null");
        }
    }

    @Test
    void consumerGroupsDoNotExist() {
        api.gatehouse.admin("GET", "/consumer_groups").isStatus(404);
        api.gatehouse
                .admin("POST", "/consumer_groups", new JsonObject().put("name", "a"))
                .isMessage(404, "Not found");
    }
}
