package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the acl plugin against Kong 3.9. */
class AclTest {
    private static final String REFUSED = "You cannot consume this service";

    private static PluginApi api;
    private static String allowing;
    private static String denying;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        allowing = api.protectedBy("key-auth", new JsonObject());
        api.add(allowing, "acl", new JsonObject().put("allow", List.of("admin", "staff")));
        denying = api.protectedBy("key-auth", new JsonObject());
        api.add(denying, "acl", new JsonObject().put("deny", List.of("blocked")));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void aMemberOfAnAllowedGroupIsAcceptedAndTheUpstreamReceivesTheGroups() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        api.join(consumer, "guests");
        api.join(consumer, "staff");

        Reply reply = api.getWithKey(allowing, key).isStatus(200);

        assertThat(reply.upstreamHeader("x-consumer-groups")).isEqualTo("guests, staff");
    }

    @Test
    void aConsumerInNoAllowedGroupIsRejected() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        api.getWithKey(allowing, key).isMessage(403, REFUSED);

        api.join(consumer, "guests");
        api.getWithKey(allowing, key).isMessage(403, REFUSED);
    }

    @Test
    void onlyMembersOfADeniedGroupAreRejected() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        assertThat(api.getWithKey(denying, key).isStatus(200).upstreamHeader("x-consumer-groups"))
                .isNull();

        api.join(consumer, "blocked");

        api.getWithKey(denying, key).isMessage(403, REFUSED);
    }

    @Test
    void joiningAndLeavingAGroupTakeEffectImmediately() {
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);
        api.getWithKey(allowing, key).isMessage(403, REFUSED);

        JsonObject membership = api.join(consumer, "admin");
        api.getWithKey(allowing, key).isStatus(200);

        api.gatehouse
                .admin("PATCH", "/acls/" + membership.getString("id"), new JsonObject().put("group", "other"))
                .isStatus(200);
        api.getWithKey(allowing, key).isMessage(403, REFUSED);

        api.gatehouse
                .admin("PATCH", "/acls/" + membership.getString("id"), new JsonObject().put("group", "staff"))
                .isStatus(200);
        api.getWithKey(allowing, key).isStatus(200);

        api.gatehouse
                .admin("DELETE", "/consumers/" + consumer + "/acls/" + membership.getString("id"))
                .isStatus(204);
        api.getWithKey(allowing, key).isMessage(403, REFUSED);
    }

    @Test
    void aGroupThatIsPutBelowAnotherConsumerMovesImmediately() {
        String from = api.consumer();
        String to = api.consumer();
        JsonObject left = api.key(from);
        JsonObject reached = api.key(to);
        JsonObject membership = api.join(from, "staff");
        api.getWithKey(allowing, left).isStatus(200);
        api.getWithKey(allowing, reached).isMessage(403, REFUSED);

        api.gatehouse
                .admin(
                        "PUT",
                        "/consumers/" + to + "/acls/" + membership.getString("id"),
                        new JsonObject().put("group", "staff"))
                .isStatus(200);

        api.getWithKey(allowing, left).isMessage(403, REFUSED);
        api.getWithKey(allowing, reached).isStatus(200);
    }

    @Test
    void aClientCannotSetItsGroups() {
        JsonObject key = api.key(api.consumer());
        Reply reply = api.gatehouse
                .get(denying, "apikey", key.getString("key"), "X-Consumer-Groups", "admin")
                .isStatus(200);
        assertThat(reply.upstreamHeader("x-consumer-groups")).isNull();
    }

    @Test
    void theGroupsHeaderCanBeHidden() {
        String hiding = api.protectedBy("key-auth", new JsonObject());
        api.add(hiding, "acl", new JsonObject().put("allow", List.of("staff")).put("hide_groups_header", true));
        String consumer = api.consumer();
        api.join(consumer, "staff");

        Reply reply = api.getWithKey(hiding, api.key(consumer)).isStatus(200);

        assertThat(reply.upstreamHeader("x-consumer-groups")).isNull();
    }

    @Test
    void withoutAnAuthenticationPluginRequestsAreRejected() {
        api.gatehouse
                .get(api.protectedBy("acl", new JsonObject().put("deny", List.of("blocked"))))
                .isMessage(401, "Unauthorized");
    }

    @Test
    void theAnonymousConsumerHasGroupsToo() {
        String guest = api.consumer();
        String path = api.protectedBy("key-auth", new JsonObject().put("anonymous", guest));
        api.add(path, "acl", new JsonObject().put("allow", List.of("public")));
        // Without a credential and without groups nothing is known about the client.
        api.gatehouse.get(path).isMessage(401, "Unauthorized");

        api.join(guest, "guests");
        api.gatehouse.get(path).isMessage(403, REFUSED);

        api.join(guest, "public");

        Reply reply = api.gatehouse.get(path).isStatus(200);
        assertThat(reply.upstreamHeader("x-anonymous-consumer")).isEqualTo("true");
        assertThat(reply.upstreamHeader("x-consumer-groups")).isEqualTo("guests, public");
    }

    @Test
    void exactlyOneListIsRequired() {
        String path = api.open();
        JsonObject none = new JsonObject().put("name", "acl").put("config", new JsonObject());
        JsonObject both = new JsonObject()
                .put("name", "acl")
                .put("config", new JsonObject().put("allow", List.of("a")).put("deny", List.of("b")));

        api.gatehouse
                .admin("POST", "/services" + path + "/plugins", none)
                .isMessage(
                        400,
                        "2 schema violations (exactly one of these fields must be non-empty: 'config.allow', 'config.deny';"
                                + " at least one of these fields must be non-empty: 'config.allow', 'config.deny')");
        api.gatehouse
                .admin("POST", "/services" + path + "/plugins", both)
                .isMessage(
                        400,
                        "schema violation (exactly one of these fields must be non-empty: 'config.allow', 'config.deny')");
    }

    @Test
    void aConsumerIsInAGroupOnce() {
        String consumer = api.consumer();
        api.join(consumer, "staff");
        api.gatehouse
                .admin("POST", "/consumers/" + consumer + "/acls", new JsonObject().put("group", "staff"))
                .isStatus(409);
        assertThat(api.gatehouse
                        .admin("GET", "/consumers/" + consumer + "/acls")
                        .json()
                        .getJsonArray("data"))
                .hasSize(1);
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("acl", new JsonObject().put("allow", List.of("staff")));
    }
}
