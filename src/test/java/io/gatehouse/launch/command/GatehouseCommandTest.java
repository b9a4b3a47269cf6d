package io.gatehouse.launch.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.launch.logging.LogbackDefaults;
import io.gatehouse.launch.logging.Logging;
import io.gatehouse.launch.settings.Setting;
import io.gatehouse.launch.settings.Settings;
import io.gatehouse.store.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GatehouseCommandTest {
    private record Result(int exitCode, String out, String err) {}

    @TempDir
    Path directory = Path.of("");

    @AfterEach
    void restoreTheLogSettings() {
        Logging.configure(LogbackDefaults.QUIET, false);
    }

    @Test
    void helpListsEveryKeyWithItsVariableAndDefault() {
        Result result = run(Map.of(), "--help");

        assertThat(result.exitCode()).isZero();
        for (Setting<?> setting : Settings.ALL) {
            assertThat(result.out()).contains(setting.key(), setting.environment());
        }
        assertThat(result.out()).contains("[0.0.0.0:8000]").contains("demo").contains("--config=FILE");
    }

    @Test
    void theVersionOptionPrintsTheBuildsVersion() {
        assertThat(run(Map.of(), "--version").out()).matches("gatehouse \\d+\\.\\d+\\.\\d+.* \\(Java \\d+\\)\\s*");
    }

    @Test
    void theFirstTokenOfATokenFileIsSent() throws Exception {
        Path tokens = Files.writeString(directory.resolve("tokens"), "new-token\nold-token\n");
        Path state = directory.resolve("state.yaml");
        try (AdminNode node =
                new AdminNode(TestDatabase.create(), AdminNode.rotating("127.0.0.1", List.of("new-token")))) {
            Result result = run(
                    Map.of(),
                    "export",
                    "--admin",
                    "http://127.0.0.1:" + node.port(),
                    "--token-file",
                    tokens.toString(),
                    state.toString());

            assertThat(result).isEqualTo(new Result(0, "", ""));
            assertThat(state).exists();
        }
    }

    @Test
    void anExportToStandardOutputIsUtf8_inEveryLocale() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (AdminNode node = new AdminNode()) {
            node.post("/consumers", Map.of("username", "zo\u00eb"));

            Result result = exportTo(new PrintStream(written, true, StandardCharsets.US_ASCII), node);

            assertThat(result).isEqualTo(new Result(0, "", ""));
            assertThat(written.toString(StandardCharsets.UTF_8)).contains("zo\u00eb");
        }
    }

    /** As on a full disk: a stream of the JDK keeps the failure to itself. */
    @Test
    void anExportThatStandardOutputDoesNotTake_hasFailed() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        try (AdminNode node = new AdminNode()) {
            assertThat(exportTo(new PrintStream(full, true, StandardCharsets.UTF_8), node))
                    .isEqualTo(new Result(1, "", "gatehouse: cannot write standard output: the file is incomplete\n"));
        }
    }

    private Result exportTo(PrintStream output, AdminNode node) {
        PrintStream console = System.out;
        System.setOut(output);
        try {
            return run(Map.of(), "export", "--admin", "http://127.0.0.1:" + node.port());
        } finally {
            System.setOut(console);
        }
    }

    @Test
    void anUnknownOptionIsReportedInOneLineWithExitCode2() {
        Result result = run(Map.of(), "--port", "80");

        assertThat(result).isEqualTo(new Result(2, "", "gatehouse: Unknown options: '--port', '80' (--help)\n"));
    }

    @Test
    void anInvalidConfigurationIsReportedInOneLineWithExitCode2() {
        Result result = run(Map.of("GATEHOUSE_PROXY_HTTP", "80"));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo("gatehouse: proxy.http (from GATEHOUSE_PROXY_HTTP): \"80\" is not valid, expected host:port,"
                        + " or off\n");
    }

    @Test
    void configPrintsEffectiveValuesWithTheirSourceAndMasksSecrets() throws Exception {
        Files.writeString(directory.resolve("gatehouse.yaml"), """
                log.level: debug
                admin.token: hunter2
                cluster.secret: hunter5-hunter5-hunter5
                postgres.url: postgresql://alice:hunter3@db/gw
                """);

        Result result = run(Map.of("GATEHOUSE_LOG_LEVEL", "warn", "GATEHOUSE_POSTGRES_PASSWORD", "hunter4"), "config");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .containsPattern("log.level +warn +GATEHOUSE_LOG_LEVEL")
                .containsPattern("admin.token +\\*{6} +gatehouse.yaml")
                .containsPattern("cluster.secret +\\*{6} +gatehouse.yaml")
                .containsPattern("postgres.url +postgresql://alice:\\*{6}@db/gw +gatehouse.yaml")
                .containsPattern("postgres.password +\\*{6} +GATEHOUSE_POSTGRES_PASSWORD")
                .containsPattern("proxy.http +0.0.0.0:8000 +default")
                .containsPattern("cluster.members +- +not set")
                .doesNotContain("hunter");
    }

    @Test
    void configAcceptsTheFileOptionAfterTheSubcommand() throws Exception {
        Path file = Files.writeString(directory.resolve("other.yaml"), "cluster.name: blue");

        assertThat(run(Map.of(), "config", "--config", file.toString()).out())
                .containsPattern("cluster.name +blue +other.yaml");
        assertThat(run(Map.of(), "--config", file.toString(), "config").out())
                .containsPattern("cluster.name +blue +other.yaml");
    }

    @Test
    void theReferenceIsATableOfAllKeys() {
        Result result = run(Map.of(), "config", "--reference");

        assertThat(result.out().lines()).hasSize(Settings.ALL.size() + 2).allMatch(line -> line.startsWith("| "));
        assertThat(result.out()).contains("| `admin.http` | `GATEHOUSE_ADMIN_HTTP` | `127.0.0.1:8001` | ");
    }

    @Test
    void theDocumentationContainsTheReference() throws Exception {
        assertThat(Files.readString(Path.of("docs/reference/configuration.md")))
                .contains(run(Map.of(), "config", "--reference").out());
    }

    private Result run(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = GatehouseCommand.commandLine(environment, directory)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        int exitCode = command.execute(arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }
}
