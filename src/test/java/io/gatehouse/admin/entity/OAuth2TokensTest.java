package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests importing, inspecting and revoking tokens (docs/reference/oauth2.md#entities). */
class OAuth2TokensTest {
    private static AdminNode node;
    private static String credential;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/consumers/alex", Map.of());
        credential = node.post("/consumers/alex/oauth2", Map.of("name", "app", "client_id", "app"))
                .id();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void invalidate() {
        node.announced.clear();
    }

    private static Reply create(Map<String, Object> values) {
        Map<String, Object> token = new LinkedHashMap<>(values);
        token.putIfAbsent("expires_in", 3600);
        token.putIfAbsent("credential", Map.of("id", credential));
        return node.post("/oauth2_tokens", token);
    }

    private static List<CredentialDigest> announcedTokens() {
        return node.announced.stream()
                .map(WriteResult::invalidated)
                .flatMap(List::stream)
                .toList();
    }

    @Test
    void aTokenIsShownOnlyOnCreationAndWhenRequestedByItself() {
        JsonObject made = create(Map.of("access_token", "shown", "refresh_token", "refresh"))
                .json();
        assertThat(made.getString("access_token")).isEqualTo("shown");
        assertThat(made.getString("refresh_token")).isEqualTo("refresh");
        assertThat(made.getString("token_type")).isEqualTo("bearer");
        assertThat(made.containsKey("delete_at")).isFalse();

        assertThat(node.get("/oauth2_tokens/shown").json().getString("access_token"))
                .isEqualTo("shown");
        assertThat(node.get("/oauth2_tokens/shown").json().getString("refresh_token"))
                .isNull();
        assertThat(node.get("/oauth2_tokens/" + made.getString("id")).json().getString("access_token"))
                .isNull();
        assertThat(node.get("/oauth2_tokens").text()).doesNotContain("shown", "refresh\"");
        assertThat(node.get("/oauth2/app/oauth2_tokens/shown").status()).isEqualTo(200);
    }

    @Test
    void anOmittedTokenIsGenerated() {
        assertThat(create(Map.of()).json().getString("access_token")).matches("[A-Za-z0-9]{32}");
    }

    @Test
    void changingATokenKeepsItAndInvalidatesEveryCache() {
        Reply made = create(Map.of("access_token", "changing", "refresh_token", "r1", "scope", "a"));
        node.announced.clear();

        Reply patched = node.patch("/oauth2_tokens/" + made.id(), Map.of("scope", "b"));
        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.json().getString("access_token")).isNull();
        assertThat(node.get("/oauth2_tokens/changing").json().getString("scope"))
                .isEqualTo("b");
        assertThat(announcedTokens()).contains(CredentialDigest.of("changing"));

        Reply put = node.put(
                "/oauth2_tokens/changing",
                Map.of("expires_in", 5, "credential", Map.of("id", credential), "created_at", 1));
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.id()).isEqualTo(made.id());
        Reply byId = node.put(
                "/oauth2_tokens/" + made.id(), Map.of("expires_in", 6, "credential", Map.of("id", credential)));
        assertThat(byId.status()).isEqualTo(200);
        assertThat(node.get("/oauth2_tokens/changing").json().getInteger("expires_in"))
                .isEqualTo(6);
        assertThat(create(Map.of("access_token", "x1", "refresh_token", "r1")).status())
                .as("refresh token")
                .isEqualTo(409);
    }

    /** A token that another gateway has renewed in its row is copied a second time. */
    @Test
    void ageOfAToken_isThatOfTheWrite() {
        Map<String, Object> whole = Map.of("expires_in", 60, "credential", Map.of("id", credential));
        Reply made = create(Map.of("access_token", "aged", "created_at", 1));
        String path = "/oauth2_tokens/" + made.id();
        assertThat(made.json().getLong("created_at")).isEqualTo(1);
        node.announced.clear();

        Map<String, Object> renewed = new LinkedHashMap<>(whole);
        renewed.put("created_at", 1_700_000_000);
        assertThat(node.put(path, renewed).json().getLong("created_at")).isEqualTo(1_700_000_000);
        assertThat(announcedTokens()).contains(CredentialDigest.of("aged"));

        for (Reply kept : List.of(node.put(path, whole), node.patch(path, Map.of("scope", "a")))) {
            assertThat(kept.json().getLong("created_at")).isEqualTo(1_700_000_000);
        }
        assertThat(node.patch(path, Map.of("created_at", 1_700_000_001)).json().getLong("created_at"))
                .isEqualTo(1_700_000_001);
        assertThat(node.get("/oauth2_tokens/aged").json().getLong("created_at")).isEqualTo(1_700_000_001);
    }

    @Test
    void aTokenIsRevokedByItselfOrById() {
        String id = create(Map.of("access_token", "revoked")).id();
        create(Map.of("access_token", "revoked-too"));
        node.announced.clear();

        assertThat(node.delete("/oauth2_tokens/revoked-too").status()).isEqualTo(204);
        assertThat(node.delete("/oauth2_tokens/" + id).status()).isEqualTo(204);

        assertThat(announcedTokens())
                .containsExactly(CredentialDigest.of("revoked-too"), CredentialDigest.of("revoked"));
        assertThat(node.get("/oauth2_tokens/revoked").status()).isEqualTo(404);
    }

    @Test
    void theTokensOfAUserAreListedPageByPage() {
        for (int i = 0; i < 3; i++) {
            create(Map.of("authenticated_userid", "user of pages"));
        }
        create(Map.of("authenticated_userid", "another user"));
        create(Map.of());

        Reply first = node.get("/oauth2_tokens?authenticated_userid=user+of+pages&size=2");
        assertThat(first.data()).hasSize(2);
        String next = first.json().getString("next");
        assertThat(next).contains("authenticated_userid=user%20of%20pages");
        Reply second = node.get(next);
        assertThat(second.data())
                .hasSize(1)
                .allSatisfy(token ->
                        assertThat(token.getString("authenticated_userid")).isEqualTo("user of pages"));
        assertThat(second.json().getString("next")).isNull();
        assertThat(node.get("/oauth2/app/oauth2_tokens?authenticated_userid=user+of+pages")
                        .data())
                .hasSize(3);
        assertThat(node.get("/oauth2_tokens?authenticated_userid=absent").data())
                .isEmpty();
        assertThat(node.get("/oauth2_tokens?authenticated_userid=").status()).isEqualTo(400);
    }

    @Test
    void deletingTheClientOrTheConsumerRevokesItsTokens() {
        node.put("/consumers/leaving", Map.of());
        for (String path : List.of("/oauth2/leaver", "/consumers/leaving")) {
            String app = node.put("/consumers/leaving/oauth2/leaver", Map.of("name", "app"))
                    .id();
            String token = UUID.randomUUID().toString().replace("-", "");
            create(Map.of("access_token", token, "credential", Map.of("id", app)));
            node.announced.clear();

            assertThat(node.delete(path).status()).isEqualTo(204);

            assertThat(announcedTokens()).contains(CredentialDigest.of(token));
            assertThat(node.get("/oauth2_tokens/" + token).status()).isEqualTo(404);
        }
    }

    @Test
    void theTimeOfDeletionIsHidden() {
        assertThat(create(Map.of("access_token", "short-lived", "ttl", 60)).status())
                .isEqualTo(201);
        Reply refused = create(Map.of("delete_at", 5));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getJsonObject("fields"))
                .isEqualTo(new JsonObject().put("delete_at", "unknown field"));
    }

    @Test
    void aTokenBelowAnotherParentIsNotFound() {
        assertThat(node.get("/services/shown").status()).isEqualTo(404);
        assertThat(node.get("/oauth2_tokens?tags=a").json())
                .isEqualTo(new JsonObject()
                        .put("code", 11)
                        .put("name", "invalid options")
                        .put("message", "invalid option (tags: 'oauth2_tokens' have no tags)")
                        .put("options", new JsonObject().put("tags", "'oauth2_tokens' have no tags")));
    }
}
