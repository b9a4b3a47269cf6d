package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the Admin API during and after an outage of PostgreSQL. */
class DatabaseOutageTest {
    @TempDir
    private Path directory;

    private EmbeddedPostgres postgres(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    @Test
    void whileTheDatabaseIsGoneTheAnswerIs503AndAfterwardsAllIsAsBefore() throws IOException {
        EmbeddedPostgres first = postgres(0);
        int port = first.getPort();
        PostgresConfig config =
                new PostgresConfig("postgresql://localhost:" + port + "/postgres", "postgres", "postgres", 4);
        Migrations.run(config);
        try (AdminNode node = new AdminNode(config, AdminNode.config("127.0.0.1", null))) {
            assertThat(node.put("/services/kept", Map.of("host", "h")).status()).isEqualTo(200);
            first.close();

            for (int i = 0; i < 6; i++) {
                Reply read = node.get("/services/kept");
                assertThat(read.status()).isEqualTo(503);
                assertThat(read.text()).isEqualTo("{\"message\":\"database unavailable\"}");
                assertThat(read.header("Retry-After")).isNotEmpty();
            }
            assertThat(node.put("/services/lost", Map.of("host", "h")).status()).isEqualTo(503);
            assertThat(node.post("/services", Map.of("host", "h")).status()).isEqualTo(503);
            assertThat(node.delete("/services/kept").status()).isEqualTo(503);
            assertThat(node.get("/").status()).isEqualTo(503);
            assertThat(node.get("/status").json().getJsonObject("database").getBoolean("reachable"))
                    .isFalse();

            try (EmbeddedPostgres second = postgres(port)) {
                await().until(() -> node.get("/services/kept").status() == 200);
                assertThat(node.get("/services").data()).hasSize(1);
                assertThat(node.put("/services/again", Map.of("host", "h")).status())
                        .isEqualTo(200);
                assertThat(node.get("/status").json().getJsonObject("database").getBoolean("reachable"))
                        .as("the second server, on port " + second.getPort())
                        .isTrue();
            }
        }
    }
}
