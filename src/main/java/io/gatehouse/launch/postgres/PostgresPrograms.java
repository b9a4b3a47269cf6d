package io.gatehouse.launch.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatehouse.launch.datadir.PrivateFiles;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Runs the bundled PostgreSQL's {@code initdb}, {@code pg_ctl} and {@code postgres --single}.
 *
 * <p><i>Why</i>: the programs are unpacked in the data directory. In a shared directory such as {@code /tmp}, another
 * user of the machine could replace them.
 */
final class PostgresPrograms {
    private static final String SUPERUSER = "postgres";
    private static final int FAST_STOP_SECONDS = 60;
    private static final int IMMEDIATE_STOP_SECONDS = 10;

    /** The recovery of a crashed server is part of its start. */
    private static final int START_SECONDS = 3600;

    private final PostgresFiles files;
    private final Path home;

    private PostgresPrograms(PostgresFiles files, Path home) {
        this.files = files;
        this.home = home;
    }

    /** Returns whether this user may run PostgreSQL, which rejects root. A user namespace, if allowed, hides root. */
    static boolean isAllowed() {
        return !isRoot() || LinuxUtils.isUnshareAvailable();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Unpacks the programs for this machine, unless an earlier start did. */
    static PostgresPrograms unpack(PostgresFiles files) throws IOException {
        String system = System.getProperty("os.name", "").startsWith("Mac") ? "Darwin" : "Linux";
        byte[] archive;
        try (InputStream resource =
                DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, System.getProperty("os.arch", ""))) {
            archive = resource.readAllBytes();
        }
        Path home = files.programs().resolve(fingerprint(archive));
        if (!Files.exists(home)) {
            PrivateFiles.createDirectory(files.programs());
            Path incomplete = files.programs().resolve("incomplete");
            PostgresFiles.delete(incomplete);
            unpack(archive, incomplete);
            Files.move(incomplete, home, StandardCopyOption.ATOMIC_MOVE);
        }
        return new PostgresPrograms(files, home);
    }

    private static String fingerprint(byte[] archive) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unpack(byte[] archive, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                Files.createDirectories(entry.isDirectory() ? path : Objects.requireNonNull(path.getParent()));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isFile()) {
                    Files.copy(tar, path);
                    if (path.startsWith(target.resolve("bin")) && !path.toFile().setExecutable(true)) {
                        throw new IOException(path + " cannot be made executable");
                    }
                }
            }
        }
    }

    /** Deletes programs of other versions. No server may run in the data directory. */
    void deleteOthers() throws IOException {
        try (Stream<Path> versions = Files.list(files.programs())) {
            for (Path version : versions.filter(path -> !path.equals(home)).toList()) {
                PostgresFiles.delete(version);
            }
        }
    }

    /** Creates the data. The superuser has no password and cannot log in. */
    void initdb() throws IOException, InterruptedException {
        expectSuccess(start(List.of(
                        program("initdb"),
                        "-D",
                        files.data().toString(),
                        "-U",
                        SUPERUSER,
                        "-A",
                        "reject",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--no-instructions"))
                .waitFor());
    }

    /** Runs statements of one line each as the superuser, in a process without a listener. No server may run. */
    void execute(List<String> statements) throws IOException, InterruptedException {
        Process process = start(List.of(
                program("postgres"), "--single", "-D", files.data().toString(), "-c", "exit_on_error=on", "postgres"));
        try (var input = process.outputWriter(UTF_8)) {
            for (String statement : statements) {
                input.write(statement + "\n");
            }
        }
        expectSuccess(process.waitFor());
    }

    /** Starts the server and returns when it accepts connections. It keeps running if this process ends. */
    void startServer(int port) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(pgCtl("start", START_SECONDS));
        command.addAll(List.of(
                "-l",
                files.log().toString(),
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c log_checkpoints=off"));
        expectSuccess(start(command).waitFor());
    }

    /**
     * Stops the server without losing a committed row. Disconnects clients and writes a checkpoint; after 60 s, aborts
     * the server's processes. Returns whether the server has stopped.
     */
    boolean stopServer() throws IOException {
        return stop("fast", FAST_STOP_SECONDS) || stop("immediate", IMMEDIATE_STOP_SECONDS);
    }

    private boolean stop(String mode, int seconds) throws IOException {
        List<String> command = new ArrayList<>(pgCtl("stop", seconds));
        command.addAll(List.of("-m", mode));
        // join() ignores an interrupt: a start that a signal interrupted still has to stop its server.
        return start(command).onExit().join().exitValue() == 0;
    }

    private List<String> pgCtl(String action, int seconds) {
        return List.of(
                program("pg_ctl"),
                action,
                "-s",
                "-w",
                "-t",
                String.valueOf(seconds),
                "-D",
                files.data().toString());
    }

    private String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    private Process start(List<String> program) throws IOException {
        List<String> command = new ArrayList<>(isRoot() ? List.of("unshare", "-U") : List.of());
        command.addAll(program);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(files.log().toFile()))
                .start();
    }

    private static void expectSuccess(int exitCode) throws IOException {
        if (exitCode != 0) {
            throw new IOException("exit code " + exitCode);
        }
    }
}
