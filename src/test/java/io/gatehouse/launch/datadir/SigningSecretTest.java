package io.gatehouse.launch.datadir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the secret that a node without {@code cluster.secret} keeps in its data directory. */
class SigningSecretTest {
    @TempDir
    private Path directory;

    @Test
    void secret_isCreatedOnceForItsOwnerAlone() throws IOException {
        byte[] secret = PrivateFiles.secret(directory);

        assertThat(secret).hasSize(32);
        assertThat(PrivateFiles.secret(directory)).isEqualTo(secret);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("signing-secret"))))
                .isEqualTo("rw-------");
    }

    /** An empty one is that of a power failure. */
    @ParameterizedTest
    @ValueSource(strings = {"no digits", "", "00", "\n"})
    void malformedFile_isNotReplaced(String content) throws IOException {
        Files.writeString(directory.resolve("signing-secret"), content);

        assertThatThrownBy(() -> PrivateFiles.secret(directory))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("is not a secret: delete it");
        assertThat(Files.readString(directory.resolve("signing-secret"))).isEqualTo(content);
    }
}
