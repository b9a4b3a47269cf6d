package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode.Reply;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests groups of Consumers by their name (docs/reference/admin-api.md#endpoints). */
class GroupsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/consumers/alex", Map.of());
        node.put("/consumers/robin", Map.of());
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
        assertThat(node.get("/acls/absent").status()).isEqualTo(404);
        assertThat(node.delete("/acls/absent").status()).isEqualTo(204);
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
}
