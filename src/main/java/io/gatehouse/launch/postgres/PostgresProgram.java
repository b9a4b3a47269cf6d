package io.gatehouse.launch.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The bundled PostgreSQL, unpacked in the data directory: the library's own choice, a directory all users of a machine
 * share, can be prepared by somebody else and is swept away under a server that runs for weeks.
 */
final class PostgresProgram implements PgBinaryResolver {
    private final Path directory;
    private String fingerprint = "";

    PostgresProgram(Path directory) {
        this.directory = directory;
    }

    /** The archive for this machine. */
    @Override
    public InputStream getPgBinary(String system, String machineHardware) throws IOException {
        try (InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machineHardware)) {
            byte[] bytes = archive.readAllBytes();
            // The library names the directory it unpacks to like this, and keeps the name to itself.
            fingerprint =
                    HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
            return new ByteArrayInputStream(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether this user may run it: PostgreSQL refuses root, which a user namespace can hide where one is allowed. */
    static boolean isAllowed() {
        return !isRoot() || LinuxUtils.isUnshareAvailable();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /**
     * Runs the server for one user without any listener, which also recovers it after a crash, for as long as that
     * takes; each line is one statement. Output goes to {@code log}.
     */
    void runAlone(Path pgData, ProcessBuilder.Redirect log, List<String> statements) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("unshare", "-U"));
        }
        Path postgres = directory.resolve("PG-" + fingerprint).resolve("bin").resolve("postgres");
        command.addAll(List.of(
                postgres.toString(), "--single", "-D", pgData.toString(), "-c", "exit_on_error=on", "postgres"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try (var input = process.outputWriter(UTF_8)) {
            for (String statement : statements) {
                input.write(statement + "\n");
            }
        }
        try {
            if (process.waitFor() != 0) {
                throw new IOException("PostgreSQL exited with " + process.exitValue());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
