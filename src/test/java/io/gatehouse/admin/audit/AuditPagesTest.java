package io.gatehouse.admin.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the pages of {@code GET /audit/requests} and its parameters (docs/reference/admin-api.md#audit). */
class AuditPagesTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void pagesAreLinkedAndKeepTheFilter() {
        int before = node.get("/audit/requests").data().size();
        String id =
                node.post("/services", Map.of("name", "paged", "host", "h0")).id();
        for (int i = 1; i < 5; i++) {
            node.patch("/services/paged", Map.of("host", "h" + i));
            node.post("/consumers", Map.of("username", "c" + i));
        }

        List<JsonObject> all = new ArrayList<>();
        String path = "/audit/requests?size=2&entity_id=" + id;
        while (path != null) {
            Reply page = node.get(path);
            assertThat(page.status()).isEqualTo(200);
            all.addAll(page.data());
            path = page.json().getString("next");
        }
        assertThat(all).hasSize(5);
        assertThat(all.stream().map(entry -> entry.getString("request_id"))).doesNotHaveDuplicates();
        assertThat(node.get("/audit/requests").data()).hasSize(before + 9);
        assertThat(node.get("/audit/requests?entity_id=" + UUID.randomUUID()).data())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "4", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA", "YQ"})
    void anInvalidOffsetIsRejected(String offset) {
        Reply reply = node.get("/audit/requests?offset=" + offset);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getInteger("code")).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"entity_id=x", "entity_id=", "entity_id=1-1-1-1-1", "size=0"})
    void anInvalidParameterIsRejected(String query) {
        assertThat(node.get("/audit/requests?" + query).status()).isEqualTo(400);
    }

    @Test
    void aPageIsReadOnly() {
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
            Reply reply = node.send(method, "/audit/requests");
            assertThat(reply.status()).as(method).isEqualTo(405);
            assertThat(reply.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
        }
    }
}
