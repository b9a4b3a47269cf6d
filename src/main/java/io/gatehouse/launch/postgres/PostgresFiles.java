package io.gatehouse.launch.postgres;

import io.gatehouse.launch.datadir.PrivateFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names the files that the embedded PostgreSQL has in the data directory, and reads and writes those that are not
 * PostgreSQL's own.
 *
 * @param directory absolute and free of symbolic links, because the command line of a running server is compared with it
 */
public record PostgresFiles(Path directory) {
    private static final long MAX_LOG_BYTES = 5_000_000;

    /** Requires a password: with {@code trust}, every user of the machine could log in. */
    private static final String ACCESS_RULES = "host all all 127.0.0.1/32 scram-sha-256\n";

    Path data() {
        return directory.resolve("postgres");
    }

    Path programs() {
        return directory.resolve("postgres-programs");
    }

    Path log() {
        return directory.resolve("postgres.log");
    }

    private Path passwordFile() {
        return directory.resolve("postgres.password");
    }

    /** Exists from before {@code initdb} until the database and its role exist. */
    private Path incompleteMark() {
        return directory.resolve("postgres.incomplete");
    }

    private Path pidFile() {
        return data().resolve("postmaster.pid");
    }

    /** Returns whether {@code initdb} has to run. Deletes the data of an interrupted first start: no node has used it. */
    boolean isFresh() throws IOException {
        if (Files.exists(incompleteMark())) {
            delete(data());
        }
        return !Files.exists(data());
    }

    void markIncomplete() throws IOException {
        PrivateFiles.write(incompleteMark(), "");
    }

    void markComplete() throws IOException {
        Files.deleteIfExists(incompleteMark());
    }

    /** Returns the password; empty if its file is missing, or lost its text in a power failure. */
    Optional<String> password() throws IOException {
        return Files.exists(passwordFile())
                ? Optional.of(Files.readString(passwordFile()).strip()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    void writePassword(String password) throws IOException {
        PrivateFiles.write(passwordFile(), password + "\n");
    }

    void writeAccessRules() throws IOException {
        PrivateFiles.write(data().resolve("pg_hba.conf"), ACCESS_RULES);
    }

    /**
     * Finds the running server of this directory.
     *
     * <p><i>Why</i>: the pid in {@code postmaster.pid} is no proof. After a restart of the machine or the container
     * another process may have it, and {@code pg_ctl stop} would send that process a signal. The process therefore has
     * to be a postgres with this directory on its command line.
     */
    public Optional<ProcessHandle> server() {
        try {
            List<String> lines = Files.readAllLines(pidFile());
            return lines.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(lines.get(0).strip())).filter(this::isServer);
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private boolean isServer(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        return process.isAlive()
                && info.command()
                        .filter(command -> Path.of(command).endsWith("postgres"))
                        .isPresent()
                && info.arguments()
                        .filter(arguments -> List.of(arguments).contains(data().toString()))
                        .isPresent();
    }

    /** Deletes the pid file of a crashed server: PostgreSQL does not start if another process has that pid now. */
    void deletePidFile() throws IOException {
        Files.deleteIfExists(pidFile());
    }

    /** Renames a log of more than 5 MB. Returns the size of the current log in bytes. */
    long rotateLog() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > MAX_LOG_BYTES) {
            Files.move(log(), directory.resolve("postgres.log.old"), StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.exists(log()) ? Files.size(log()) : 0;
    }

    /** Returns the last error in the log after {@code position}, without PostgreSQL's prefix. */
    String lastError(long position) {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            file.seek(position);
            byte[] bytes = new byte[(int) Math.min(file.length() - position, MAX_LOG_BYTES)];
            file.readFully(bytes);
            List<String> lines = new String(bytes, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.stream()
                    .filter(line -> line.contains("FATAL:") || line.contains("PANIC:") || line.contains("error:"))
                    .reduce((first, second) -> second)
                    .or(() -> lines.isEmpty() ? Optional.empty() : Optional.of(lines.get(lines.size() - 1)))
                    .map(line -> line.replaceFirst("^.*(FATAL|PANIC|error):\\s*", ""))
                    .orElse("its log is empty");
        } catch (IOException e) {
            return "its log cannot be read";
        }
    }

    /** Deletes a directory with its content, if it exists. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
