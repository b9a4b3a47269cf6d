package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the response to a write waits for every node and names the late ones. */
class AnnouncementTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void reset() {
        node.announced.clear();
        node.late = Future.succeededFuture(List.of());
    }

    @Test
    void everyCommittedChangeIsPublishedWithItsVersion() {
        Reply created = node.post("/services", Map.of("name", "announced", "host", "h"));
        node.delete("/services/announced");
        node.delete("/services/announced");
        node.post("/services", Map.of("name", "no host"));
        node.get("/services");

        // The second DELETE too: the node of the first may have crashed before it published the change.
        assertThat(node.announced).hasSize(3);
        assertThat(node.announced.get(0).before()).isNull();
        assertThat(created.header("X-Gatehouse-Catalog-Version"))
                .isEqualTo(Long.toString(node.announced.get(0).catalogVersion()));
        assertThat(node.announced.get(1).after()).isNull();
        assertThat(node.announced.get(2).catalogVersion())
                .isEqualTo(node.announced.get(1).catalogVersion());
        assertThat(created.header("X-Gatehouse-Late-Nodes")).isEmpty();
    }

    @Test
    void aRepeatedBulkRevocationIsPublishedAgain() {
        node.put("/consumers/owner", Map.of());
        String app = node.put("/consumers/owner/oauth2/revoked", Map.of("name", "app"))
                .id();
        node.post(
                "/oauth2_tokens",
                Map.of("credential", Map.of("id", app), "expires_in", 60, "access_token", "revoked in bulk"));
        node.announced.clear();

        assertThat(node.delete("/oauth2_tokens?credential=revoked").json().getInteger("deleted"))
                .isEqualTo(1);
        Reply repeated = node.delete("/oauth2_tokens?credential=revoked");

        assertThat(repeated.json().getInteger("deleted")).isZero();
        assertThat(node.announced)
                .hasSize(2)
                .allSatisfy(
                        written -> assertThat(written.invalidated()).contains(CredentialDigest.of("revoked in bulk")));
    }

    @Test
    void theResponseWaitsForTheNodes() {
        Promise<List<String>> received = Promise.promise();
        node.late = received.future();
        CompletableFuture<Reply> answer = node.jsonAsync("PUT", "/services/waiting", Map.of("host", "h"));
        Awaitility.await().until(() -> !node.announced.isEmpty());
        assertThat(answer).isNotDone();
        received.complete(List.of());
        assertThat(answer.join().status()).isEqualTo(200);
    }

    @Test
    void lateNodesAreNamed() {
        node.late = Future.succeededFuture(List.of("node-2", "node-3"));
        Reply created = node.put("/services/late", Map.of("host", "h"));
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.header("X-Gatehouse-Late-Nodes")).isEqualTo("node-2,node-3");
    }

    @Test
    void aCommittedWriteSucceedsWhenPublishingFails() {
        node.late = Future.failedFuture(new IllegalStateException("the bus is gone"));
        Reply created = node.put("/services/unheard", Map.of("host", "h"));
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.header("X-Gatehouse-Late-Nodes")).isEqualTo(AdminNode.NODE);
        assertThat(created.text()).doesNotContain("bus");
    }

    @Test
    void anEntityOutsideTheCatalogIsNotPublished() {
        node.put("/consumers/quiet", Map.of());
        node.announced.clear();
        node.put("/consumers/quiet/oauth2/app", Map.of("name", "app"));
        assertThat(node.announced).isEmpty();
    }
}
