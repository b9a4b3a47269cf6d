package io.gatehouse.launch.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.launch.ChildJvm;
import io.gatehouse.launch.LauncherProcess;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LauncherTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void aSignalClosesTheNodeAndExitsWithZero() throws Exception {
        try (ChildJvm process = ChildJvm.start(LauncherProcess.class, "run", directory.toString())) {
            assertThat(process.readLine()).isEqualTo("started");

            assertThat(process.terminate()).isZero();
            assertThat(process.readLine()).isEqualTo("closed");
            assertThat(process.readLine()).isNull();
        }
    }

    @Test
    void aSignalDuringTheStartExitsWithZero() throws Exception {
        try (ChildJvm process = ChildJvm.start(LauncherProcess.class, "hang", directory.toString())) {
            assertThat(process.readLine()).isEqualTo("starting");

            assertThat(process.terminate()).isZero();
            assertThat(process.readLine()).isNull();
        }
    }

    /** In the second case, a part of the node registers a shutdown hook after the signal, as Vert.x does. */
    @ParameterizedTest
    @CsvSource({"signalled before, 143", "hook, 0"})
    void aSignalEarlyInTheStartIsNoError(String behaviour, int exitCode) throws Exception {
        try (ChildJvm process = ChildJvm.start(LauncherProcess.class, behaviour, directory.toString())) {
            assertThat(process.readLine()).isEqualTo("waiting");

            assertThat(process.terminate()).isEqualTo(exitCode);
            assertThat(process.readLine()).isNull();
        }
    }

    @Test
    void theDatabaseStopsAfterTheNode() throws Exception {
        try (ChildJvm process = ChildJvm.start(LauncherProcess.class, "with database", directory.toString())) {
            assertThat(process.readLine()).isEqualTo("started");
            Path pidFile = directory.resolve("postgres").resolve("postmaster.pid");
            assertThat(pidFile).exists();

            assertThat(process.terminate()).isZero();
            assertThat(process.readLine()).isEqualTo("closed");
            assertThat(pidFile).doesNotExist();
        }
    }

    @Test
    void aFailedStartIsReportedInOneLineAndStopsTheDatabase() throws Exception {
        Path data = directory.resolve("data");
        var failing = new Launcher(
                config(data), complete -> Future.failedFuture(new IllegalStateException("out of luck\nand patience")));

        assertThatThrownBy(failing::start)
                .isInstanceOf(LaunchException.class)
                .hasMessage("the node did not start: out of luck (GATEHOUSE_LOG_LEVEL=debug shows more)");

        assertThat(data.resolve("postgres")).exists();
        assertThat(data.resolve("postgres").resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    void aLaunchExceptionIsPassedOnUnchanged() throws Exception {
        var failing =
                new Launcher(proxyOnly(), complete -> Future.failedFuture(new LaunchException("port 8000 is taken")));

        assertThatThrownBy(failing::start).hasMessage("port 8000 is taken");
    }

    @Test
    void closingTwiceClosesTheNodeOnce() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        Launcher launcher = new Launcher(
                proxyOnly(),
                complete -> Future.succeededFuture(() -> {
                    closed.incrementAndGet();
                    return Future.succeededFuture();
                }));

        launcher.start();
        launcher.close();
        launcher.close();

        assertThat(closed).hasValue(1);
    }

    private static GatehouseConfig config(Path data) throws ConfigException, IOException {
        Files.createDirectories(data);
        return new ConfigLoader(Map.of("GATEHOUSE_DATA_DIR", data.toString()), data)
                .load(null)
                .config();
    }

    private GatehouseConfig proxyOnly() throws ConfigException {
        return new ConfigLoader(Map.of("GATEHOUSE_ROLES", "proxy", "GATEHOUSE_CLUSTER_ENABLED", "true"), directory)
                .load(null)
                .config();
    }
}
