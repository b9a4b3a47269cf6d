package io.gatehouse.launch.datadir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** Creates files and directories that other users of the machine cannot read at any time. */
public final class PrivateFiles {
    private static final int SECRET_BYTES = 32;

    private PrivateFiles() {}

    public static void createDirectory(Path directory) throws IOException {
        Files.createDirectories(directory, permissions("rwx------"));
    }

    /** Replaces the file atomically: a reader sees the old text or the new one, also after a power failure. */
    public static void write(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        Files.deleteIfExists(draft);
        Files.createFile(draft, permissions("rw-------"));
        Files.writeString(draft, text);
        // Otherwise the name may reach the disk before the text.
        try (FileChannel written = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Returns the secret of a node without {@code cluster.secret}, which encrypts what it stores in PostgreSQL. Creates it if there is
     * none.
     *
     * @throws UncheckedIOException if the file cannot be read or created
     */
    public static synchronized byte[] secret(Path directory) {
        Path file = directory.resolve("signing-secret");
        try {
            if (!Files.exists(file)) {
                byte[] random = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(random);
                createDirectory(directory);
                write(file, HexFormat.of().formatHex(random));
            }
            return parsed(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or create " + file, e);
        } catch (IllegalArgumentException e) {
            throw new UncheckedIOException(new IOException(file + " is not a secret: delete it", e));
        }
    }

    /** A file that lost its text, as in a power failure, would be a secret that anyone can compute. */
    private static byte[] parsed(String digits) {
        byte[] secret = HexFormat.of().parseHex(digits);
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException("a secret has " + SECRET_BYTES + " bytes");
        }
        return secret;
    }

    private static FileAttribute<?>[] permissions(String text) {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(text);
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }
}
