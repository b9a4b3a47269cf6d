package io.gatehouse.launch.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.launch.ChildJvm;
import io.gatehouse.launch.Main;
import io.gatehouse.testing.Gatehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code ./gatehouse demo --keep} as a process of its own. */
class DemoCommandTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void aKeptDemoEndsOnTheConsole_andDeletesItsApiAfterASignal() throws Exception {
        try (Gatehouse gatehouse = Gatehouse.start()) {
            int admin = gatehouse.node().port("admin.http");
            Path file = Files.writeString(
                    directory.resolve("demo.yaml"),
                    "admin.http: 127.0.0.1:%d\nproxy.http: 127.0.0.1:%d\nproxy.https: 127.0.0.1:%d\n"
                            .formatted(
                                    admin,
                                    gatehouse.node().port("proxy.http"),
                                    gatehouse.node().port("proxy.https")));
            try (ChildJvm demo = ChildJvm.start(Main.class, "demo", "--keep", "--config", file.toString())) {
                StringBuilder output = new StringBuilder();
                String line = demo.readLine();
                while (line != null && !line.endsWith("/console")) {
                    output.append(line).append('\n');
                    line = demo.readLine();
                }
                assertThat(line).as(output.toString()).isEqualTo("   http://localhost:" + admin + "/console");
                assertThat(output).contains("6. Revoke the token", "until Ctrl-C");
                assertThat(gatehouse.admin("GET", "/services/demo-service").status())
                        .isEqualTo(200);
                assertThat(gatehouse.get("/demo").status()).isEqualTo(401);

                demo.terminate();
            }
            assertThat(gatehouse.admin("GET", "/services/demo-service").status())
                    .isEqualTo(404);
        }
    }
}
