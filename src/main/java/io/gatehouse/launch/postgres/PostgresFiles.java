package io.gatehouse.launch.postgres;

import io.gatehouse.launch.datadir.PrivateFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the embedded PostgreSQL keeps in the data directory. */
public record PostgresFiles(Path directory) {
    private static final long LARGEST_LOG = 5_000_000;

    /** Only logins with a password: otherwise any user of this machine is superuser here, and thereby is us. */
    private static final String ACCESS_RULES = "host all all 127.0.0.1/32 scram-sha-256\n";

    public Path data() {
        return directory.resolve("postgres");
    }

    /** A level below one that is closed to others, because the library opens this one to everybody. */
    Path programs() {
        return programsParent().resolve("unpacked");
    }

    private Path programsParent() {
        return directory.resolve("postgres-programs");
    }

    void createProgramsDirectory() throws IOException {
        PrivateFiles.createDirectory(programsParent());
    }

    Path log() {
        return directory.resolve("postgres.log");
    }

    private Path passwordFile() {
        return directory.resolve("postgres.password");
    }

    /** Lies there from before the data is made until it has been used once. */
    private Path incompleteMark() {
        return directory.resolve("postgres.incomplete");
    }

    /** Whether there is no data yet; data whose making was cut off goes, as no node ever ran on it. */
    boolean isFresh() throws IOException {
        if (Files.exists(incompleteMark())) {
            deleteData();
        }
        return !Files.exists(data());
    }

    void markIncomplete() throws IOException {
        PrivateFiles.write(incompleteMark(), "");
    }

    void markComplete(String password) throws IOException {
        PrivateFiles.write(passwordFile(), password + "\n");
        Files.deleteIfExists(incompleteMark());
    }

    Optional<String> password() throws IOException {
        return Files.exists(passwordFile())
                ? Optional.of(Files.readString(passwordFile()).strip())
                : Optional.empty();
    }

    void writeAccessRules() throws IOException {
        PrivateFiles.write(data().resolve("pg_hba.conf"), ACCESS_RULES);
    }

    /** Starts a new log when the old one has grown; the size of the current one. */
    long prepareLog() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > LARGEST_LOG) {
            Files.move(log(), directory.resolve("postgres.log.old"), StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.exists(log()) ? Files.size(log()) : 0;
    }

    /** What PostgreSQL said last about why it gave up, looking at the log from {@code position} on. */
    String lastComplaint(long position) {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            file.seek(position);
            byte[] bytes = new byte[(int) Math.min(file.length() - position, LARGEST_LOG)];
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
                    .orElse("it said nothing");
        } catch (IOException e) {
            return "its log cannot be read";
        }
    }

    private void deleteData() throws IOException {
        if (!Files.exists(data())) {
            return;
        }
        try (Stream<Path> paths = Files.walk(data())) {
            paths.sorted(Comparator.reverseOrder()).forEach(PostgresFiles::delete);
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
