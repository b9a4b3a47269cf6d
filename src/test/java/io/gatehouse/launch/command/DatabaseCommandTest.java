package io.gatehouse.launch.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.launch.ChildJvm;
import io.gatehouse.launch.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code ./gatehouse database} as a process of its own. */
class DatabaseCommandTest {
    @TempDir
    Path directory = Path.of("");

    private static String value(ChildJvm process, String name) {
        String line = process.readLine();
        while (line != null && !line.startsWith(name + "=")) {
            line = process.readLine();
        }
        return requireNonNull(line, name).substring(name.length() + 1);
    }

    @Test
    void theDatabaseHasThePrintedSettings_andStopsAfterASignal() throws Exception {
        Path data = directory.resolve("data");
        Path file = Files.writeString(directory.resolve("database.yaml"), "data-dir: " + data + "\n");
        try (ChildJvm database = ChildJvm.start(Main.class, "database", "--config", file.toString())) {
            String url = value(database, "GATEHOUSE_POSTGRES_URL");
            String user = value(database, "GATEHOUSE_POSTGRES_USER");
            String password = value(database, "GATEHOUSE_POSTGRES_PASSWORD");
            try (Connection connection = DriverManager.getConnection("jdbc:" + url, user, password);
                    ResultSet rows = connection.createStatement().executeQuery("SELECT 1")) {
                assertThat(rows.next()).isTrue();
            }
            database.terminate();
        }
        assertThat(data.resolve("postgres").resolve("postmaster.pid")).doesNotExist();
    }
}
