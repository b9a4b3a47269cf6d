package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests concurrent writes. */
class ConcurrencyTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static List<Reply> together(int count, IntFunction<CompletableFuture<Reply>> request) {
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replies.add(request.apply(i));
        }
        return replies.stream().map(CompletableFuture::join).toList();
    }

    @Test
    void ofTwoConcurrentCreationsOfOneNameOneSucceeds() {
        for (int round = 0; round < 10; round++) {
            String name = "post-" + round;
            List<Reply> replies =
                    together(2, i -> node.jsonAsync("POST", "/services", Map.of("name", name, "host", "h" + i)));
            assertThat(replies).extracting(Reply::status).containsExactlyInAnyOrder(201, 409);
        }
    }

    @Test
    void concurrentWritesOfOneHashedSecretAllSucceedAndStoreOneOfThem() {
        node.put("/consumers/hashed", Map.of());
        String path = "/consumers/hashed/oauth2/hashed-client";
        List<Reply> replies = together(
                12,
                i -> node.jsonAsync(
                        "PUT", path, Map.of("name", "app", "client_secret", "secret-" + i, "hash_secret", true)));
        assertThat(replies).extracting(Reply::status).containsOnly(200);
        assertThat(replies)
                .extracting(reply -> reply.json().getString("client_secret"))
                .doesNotHaveDuplicates()
                .contains(node.get(path).json().getString("client_secret"));
    }

    @Test
    void concurrentPutsOfOneNameOrIdCreateOnceAndThenUpdate() {
        for (int round = 0; round < 10; round++) {
            String path =
                    "/services/" + (round % 2 == 0 ? "put-" + round : "00000000-0000-4000-8000-00000000000" + round);
            List<Reply> replies = together(4, i -> node.jsonAsync("PUT", path, Map.of("host", "h" + i)));
            assertThat(replies).extracting(Reply::status).containsOnly(200);
            assertThat(replies)
                    .extracting(Reply::id)
                    .containsOnly(replies.get(0).id());
        }
    }

    @Test
    void concurrentPatchesOfDifferentFieldsAreAllStored() {
        String path = "/services/patched";
        node.put(path, Map.of("host", "h"));
        List<String> fields = List.of("retries", "connect_timeout", "read_timeout", "write_timeout", "port");
        together(fields.size(), i -> node.jsonAsync("PATCH", path, Map.of(fields.get(i), 77)));
        assertThat(fields).allMatch(field -> node.get(path).json().getInteger(field) == 77);
    }

    @Test
    void concurrentUpdatesAndDeletesDoNotFail() {
        for (int round = 0; round < 5; round++) {
            String service = node.put("/services/crowded", Map.of("host", "h")).id();
            Map<String, Object> plugin = Map.of(
                    "name", "oauth2",
                    "service", Map.of("id", service),
                    "config", Map.of("enable_client_credentials", true));
            String path = "/plugins/" + node.post("/plugins", plugin).id();
            List<Reply> replies = together(
                    12,
                    i -> i % 3 == 0
                            ? node.jsonAsync("DELETE", "/services/crowded", Map.of())
                            : node.jsonAsync("PUT", path, plugin));
            assertThat(replies).extracting(Reply::status).allMatch(status -> status < 409);
            node.delete(path);
            node.delete("/services/crowded");
        }
    }
}
