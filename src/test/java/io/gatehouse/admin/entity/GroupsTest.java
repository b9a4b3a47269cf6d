package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests groups of Consumers by their name (docs/reference/admin-api.md#endpoints). */
class GroupsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/consumers/alex", Map.of());
        node.put("/consumers/robin", Map.of());
        node.put("/consumers/sam", Map.of());
        node.put("/consumers/kim", Map.of());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aGroupIsReadChangedAndDeletedByItsName() {
        String id =
                node.post("/consumers/alex/acls", Map.of("group", "staff & co")).id();
        node.post("/consumers/robin/acls", Map.of("group", "staff & co"));
        String path = "/consumers/alex/acls/staff%20%26%20co";

        assertThat(node.get(path).id()).isEqualTo(id);
        assertThat(node.put(path, Map.of("tags", List.of("x"))).id()).isEqualTo(id);
        assertThat(node.get(path).json().getJsonArray("tags")).containsExactly("x");
        Reply renamed = node.patch(path, Map.of("group", "guests"));
        assertThat(renamed.status()).as(renamed.text()).isEqualTo(200);
        assertThat(renamed.id()).isEqualTo(id);
        assertThat(node.delete("/consumers/alex/acls/guests").status()).isEqualTo(204);

        assertThat(node.get("/consumers/alex/acls").data()).isEmpty();
        assertThat(node.get("/consumers/robin/acls").data()).hasSize(1);
    }

    @Test
    void putCreatesAMissingGroup() {
        Reply created = node.put("/consumers/alex/acls/new", Map.of());
        assertThat(created.status()).as(created.text()).isEqualTo(200);
        assertThat(created.json().getString("group")).isEqualTo("new");
        assertThat(node.put("/consumers/alex/acls/new", Map.of("group", "another"))
                        .id())
                .isEqualTo(created.id());
        assertThat(node.get("/consumers/alex/acls/new").id()).isEqualTo(created.id());
        assertThat(node.get("/consumers/alex/acls/another").status()).isEqualTo(404);
    }

    @Test
    void aMissingGroupIsNotFound() {
        for (String path : List.of(
                "/consumers/alex/acls/absent",
                "/consumers/alex/acls/" + UUID.randomUUID(),
                "/consumers/absent/acls/x")) {
            assertThat(node.get(path).text()).isEqualTo("{\"message\":\"Not found\"}");
            assertThat(node.patch(path, Map.of("group", "g")).status()).isEqualTo(404);
            assertThat(node.delete(path).status()).isEqualTo(404);
        }
    }

    @Test
    void aGroupWithTheFormOfAnIdIsFoundByItsName() {
        String group = UUID.randomUUID().toString();
        String id = node.post("/consumers/alex/acls", Map.of("group", group)).id();
        String path = "/consumers/alex/acls/" + group;
        assertThat(node.get(path).id()).isEqualTo(id);
        assertThat(node.patch(path, Map.of("tags", List.of("x"))).id()).isEqualTo(id);
        assertThat(node.delete(path).status()).isEqualTo(204);
        assertThat(node.get(path).status()).isEqualTo(404);
    }

    @Test
    void putChangesAGroupWithTheFormOfAnId() {
        String group = UUID.randomUUID().toString();
        node.post("/consumers/kim/acls", Map.of("group", group));
        String id = node.post("/consumers/sam/acls", Map.of("group", group)).id();
        String path = "/consumers/sam/acls/" + group;

        for (Map<String, Object> body : List.<Map<String, Object>>of(Map.of(), Map.of("group", group))) {
            Reply changed = node.put(path, body);
            assertThat(changed.status()).as(changed.text()).isEqualTo(200);
            assertThat(changed.id()).isEqualTo(id);
            assertThat(changed.json().getString("group")).isEqualTo(group);
        }
        assertThat(node.delete(path).status()).isEqualTo(204);
    }

    @Test
    void putCreatesAGroupWithTheIdOfThePath() {
        String id = UUID.randomUUID().toString();
        String path = "/consumers/sam/acls/" + id;
        assertThat(node.put(path, Map.of()).message()).isEqualTo("schema violation (group: required field missing)");

        for (String group : List.of("by id", "by id", "renamed")) {
            Reply put = node.put(path, Map.of("group", group));
            assertThat(put.status()).as(put.text()).isEqualTo(200);
            assertThat(put.id()).isEqualTo(id);
            assertThat(put.json().getString("group")).isEqualTo(group);
        }
    }

    @Test
    void putMovesAGroupOfAnotherConsumerByItsIdAlone() {
        String id = node.post("/consumers/alex/acls", Map.of("group", "moving")).id();
        String kim = node.get("/consumers/kim").id();

        Reply named = node.put("/consumers/kim/acls/moving", Map.of());
        assertThat(named.id()).as("its own group of that name").isNotEqualTo(id);
        Reply taken = node.put("/consumers/kim/acls/" + id, Map.of("group", "moving"));
        assertThat(taken.status()).as(taken.text()).isEqualTo(409);
        Reply moved = node.put("/consumers/kim/acls/" + id, Map.of("group", "moved"));

        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        assertThat(moved.id()).isEqualTo(id);
        assertThat(moved.json().getJsonObject("consumer").getString("id")).isEqualTo(kim);
        assertThat(node.get("/consumers/alex/acls/" + id).status()).isEqualTo(404);
        assertThat(node.get("/consumers/kim/acls/moved").id()).isEqualTo(id);
        Reply other = node.put("/consumers/robin/acls/new", Map.of("id", id));
        assertThat(other.json().getInteger("code")).as(other.text()).isEqualTo(3);
    }

    @Test
    void anIdCountsBeforeAGroupWithTheSameText() {
        String text = UUID.randomUUID().toString();
        String named = node.post("/consumers/sam/acls", Map.of("group", text)).id();
        Reply conflict = node.put("/consumers/sam/acls/" + UUID.randomUUID(), Map.of("group", text));
        assertThat(conflict.status()).as("another entity has the group").isEqualTo(409);
        node.put("/acls/" + text, Map.of("group", "first", "consumer", Map.of("username", "sam")));

        Reply put = node.put("/consumers/sam/acls/" + text, Map.of("group", "changed"));

        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.id()).isEqualTo(text);
        assertThat(node.get("/acls/" + named).json().getString("group")).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "PATCH", "DELETE"})
    void theNameOfAGroupIsNoKeyWithoutItsConsumer(String method) {
        node.put("/consumers/kim/acls/known", Map.of());
        Map<String, Object> group = Map.of("group", "known", "consumer", Map.of("username", "alex"));
        Reply reply = method.equals("GET") || method.equals("DELETE")
                ? node.send(method, "/acls/known")
                : node.json(method, "/acls/known", group);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).isEqualTo("invalid primary key: '{id=\"expected a valid UUID\"}'");
        assertThat(node.get("/consumers/alex/acls/known").status()).isEqualTo(404);
        assertThat(node.get("/consumers/kim/acls/known").status()).isEqualTo(200);
    }
}
