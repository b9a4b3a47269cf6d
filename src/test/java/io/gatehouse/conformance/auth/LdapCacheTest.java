package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests how long ldap-auth uses the results of an LDAP server. */
class LdapCacheTest extends LdapFixture {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void resultsAreCachedUntilTheirEnd() {
        String path = api.protectedBy("ldap-auth", directory.config().put("cache_ttl", 1));
        directory.add("nina", "old");
        int before = directory.binds();
        for (int i = 0; i < 3; i++) {
            as(path, "nina:old").isStatus(200);
        }
        assertThat(directory.binds() - before).isBetween(1, 3);
        directory.change("nina", "new");
        await().atMost(LIMIT).untilAsserted(() -> as(path, "nina:old").isStatus(401));
        await().atMost(LIMIT).untilAsserted(() -> as(path, "nina:new").isStatus(200));
    }

    @Test
    void acceptedAndRejectedCredentialsAreSentOnce() {
        String path = protectedApi();
        directory.add("olga", "p");
        int before = directory.binds();
        for (int i = 0; i < 5; i++) {
            as(path, "olga:p").isStatus(200);
            as(path, "olga:x").isStatus(401);
        }
        assertThat(directory.binds()).isEqualTo(before + 2);
    }

    @Test
    void withoutCacheTtlEachRequestBinds() {
        String path = api.protectedBy("ldap-auth", directory.config().put("cache_ttl", 0));
        directory.add("paul", "p");
        int before = directory.binds();
        for (int i = 0; i < 5; i++) {
            as(path, "paul:p").isStatus(200);
        }
        assertThat(directory.binds()).isEqualTo(before + 5);
    }

    @Test
    void aChangeOfTheServerEndsCachedResults_andAnotherChangeDoesNot() {
        String path = api.open();
        // No other test has a plugin with an equal configuration.
        String plugin = api.add(path, "ldap-auth", directory.config().put("cache_ttl", 77))
                .getString("id");
        directory.add("rosa", "p");
        as(path, "rosa:p").isStatus(200);
        int before = directory.binds();
        patch(plugin, new JsonObject().put("hide_credentials", true));
        as(path, "rosa:p").isStatus(200);
        assertThat(directory.binds()).isEqualTo(before);
        patch(plugin, new JsonObject().put("cache_ttl", 78));
        as(path, "rosa:p").isStatus(200);
        assertThat(directory.binds()).isEqualTo(before + 1);
        patch(plugin, new JsonObject().put("base_dn", "ou=others,dc=example,dc=com"));
        as(path, "rosa:p").isStatus(401);
    }

    private static void patch(String plugin, JsonObject config) {
        api.gatehouse
                .admin("PATCH", "/plugins/" + plugin, new JsonObject().put("config", config))
                .isStatus(200);
    }
}
