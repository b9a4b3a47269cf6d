package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Scripts;
import io.gatehouse.testing.Scripts.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code .ci/release-notes}: the section of the changelog that a release publishes. */
class ReleaseNotesTest {
    @TempDir
    private Path directory;

    private Result notes(String version, String changelog) throws IOException, InterruptedException {
        Scripts scripts = new Scripts(directory);
        scripts.copy(".ci/release-notes");
        Files.writeString(directory.resolve("CHANGELOG.md"), changelog);
        return scripts.run(".ci/release-notes", version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "## 1.2.0, 2026-12-01",
                "## 1.2.0 - 2026-12-01",
                "## [1.2.0] - 2026-12-01",
                "## 1.2.0 (2026-12-01)"
            })
    void notesAreTheSectionOfTheVersion(String heading) throws Exception {
        Result notes = notes(
                "1.2.0",
                "# Changelog\n\n## 1.2.0.1, 2027-01-01\n\n- later\n\n" + heading
                        + "\n\n### Added\n\n- x: y\n\n## 11.2.0, 2026-01-01\n\n- earlier\n");

        assertThat(notes).isEqualTo(new Result(0, "### Added\n\n- x: y\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "## 1.2.0, unreleased;- x | has no date",
                "## 1.2.1, 2026-12-01;- x | has no section",
                "## 1x2.0, 2026-12-01;- x | has no section",
                "## 1.2.0, 2026-12-01;; | is empty"
            })
    void releaseWithoutNotesIsRefused(String changelog, String reason) throws Exception {
        Result notes = notes("1.2.0", changelog.replace(';', '\n'));

        assertThat(notes.exitCode()).isEqualTo(1);
        assertThat(notes.output()).contains(reason);
    }
}
