package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Scripts;
import io.gatehouse.testing.Scripts.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code .ci/run} with stubs in place of its steps and of all it would install. */
class CheckScriptTest {
    private static final String PASSED = """
            case "$*" in *-Plint*) exit ;; esac
            mkdir -p target/surefire-reports
            cat >target/surefire-reports/io.gatehouse.AbcTest-output.txt <<END
            2026-12-01T00:00:00.000Z WARN  Example a log line
            NOT CHECKED: kubectl is not installed (AbcTest.first)
            NOT CHECKED: kubectl is not installed (AbcTest.second)
            fuzz: seed 1: 88 messages of 4 mutations
            fuzz:   a mutation 22
            END
            echo '[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 2 s -- in io.gatehouse.XyzTest'
            echo '[WARNING] Tests run: 2010, Failures: 0, Errors: 0, Skipped: 2'
            echo '[INFO] Tests run: 12, Failures: 0, Errors: 0, Skipped: 0'
            """;

    private static final String FAILED = """
            case "$*" in *-Plint*) exit ;; esac
            mkdir -p target/surefire-reports
            touch target/surefire-reports/io.gatehouse.XyzTest-output.txt
            echo '[ERROR] Tests run: 5, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 2 s <<< FAILURE! -- in io.gatehouse.XyzTest'
            echo '[ERROR] io.gatehouse.XyzTest.works -- Time elapsed: 0.1 s <<< FAILURE!'
            echo 'org.opentest4j.AssertionFailedError: expected 200'
            echo '[ERROR] Tests run: 2010, Failures: 1, Errors: 0, Skipped: 0'
            exit 1
            """;

    @TempDir
    private Path directory;

    private Scripts scripts;

    @BeforeEach
    void everyStepPasses() throws IOException {
        scripts = new Scripts(directory);
        scripts.copy(".ci/run");
        for (String step : List.of(
                "words",
                "links",
                "actions",
                "chart",
                "h2spec",
                "websocket",
                "grpc",
                "oauth2",
                "kong",
                "upgrade",
                "schemathesis",
                "keycloak",
                "console",
                "fuzz",
                "floods",
                "drain",
                "image")) {
            scripts.write(".ci/" + step, "echo '" + step + ": all of 7 pass'\n");
        }
        for (String program :
                List.of("kubectl", "curl", "ip", "iptables", "nginx", "node", "go", "apt-get", "apt-cache")) {
            scripts.write("bin/" + program, "");
        }
        scripts.write("bin/javac", "echo javac 17.0.1\n");
        scripts.write("bin/mvn", PASSED);
    }

    private Result run(String... arguments) throws IOException, InterruptedException {
        return scripts.run(".ci/run", arguments);
    }

    @Test
    void quickStepsRunByDefault_withCountsAndWhatWasNotChecked() throws Exception {
        Result result = run();

        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output())
                .contains("verify begins: mvn -B -ntp verify -Dgatehouse.test.postgres=embedded")
                .contains("  fuzz: seed 1: 88 messages of 4 mutations\n")
                .contains("  chart: all of 7 pass\n")
                .containsPattern("  words +passed +\\d+ s")
                .contains("lint begins: mvn -B -ntp -Plint test-compile")
                .containsPattern("  lint +passed +\\d+ s")
                .containsPattern("  verify +passed +\\d+ s  2022 tests run, 0 failed, 2 skipped\n")
                .contains("  verify: kubectl is not installed (AbcTest), 2 times\n")
                .contains("  h2spec: all of 7 pass\n")
                .contains("NOT RUN: faults upgrade schemathesis")
                .doesNotContain("a log line", "a mutation", "faults begins");
        assertThat(result.output().lines()).hasSizeLessThan(50);
    }

    @Test
    void everyStepRunsOnRequest() throws Exception {
        Result result = run("all");

        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output())
                .contains("  h2spec: all of 7 pass\n")
                .contains("  schemathesis: all of 7 pass\n")
                .containsPattern("  faults +passed")
                .containsPattern("  image +passed")
                .doesNotContain("NOT RUN");
    }

    @Test
    void failureIsShownWithTheFileOfItsOutput_andSlowStepsDoNotRun() throws Exception {
        scripts.write("bin/mvn", FAILED);

        Result result = run("all");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("  | org.opentest4j.AssertionFailedError: expected 200\n")
                .contains("  | output: target/surefire-reports/io.gatehouse.XyzTest-output.txt\n")
                .containsPattern("  verify +FAILED with 1 .*2010 tests run, 1 failed")
                .containsPattern("  drain +NOT RUN: verify failed")
                .endsWith("FAILED: verify\n");
    }

    @Test
    void stepThatIsNoTestShowsTheEndOfItsLog() throws Exception {
        scripts.write(".ci/links", "seq 1 200; exit 3\n");

        Result result = run("links", "words");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("  | 200\n", "links FAILED with 3", "words passed")
                .doesNotContain("  | 100\n");
        assertThat(Files.readAllLines(directory.resolve("target/ci/links.log"))).hasSize(200);
    }

    @Test
    void stepThatLacksAToolFailsNothing_andIsNamed() throws Exception {
        scripts.write(
                ".ci/actions", "echo '.ci/actions: NOT CHECKED: the workflows, because there is no Go'; exit 77\n");

        Result result = run("actions");

        assertThat(result.exitCode()).isZero();
        assertThat(result.output())
                .containsPattern("  actions +NOT CHECKED")
                .contains("  actions: the workflows, because there is no Go\n");
    }

    @Test
    void missingStepFails() throws Exception {
        Files.delete(directory.resolve(".ci/words"));

        assertThat(run().exitCode()).isEqualTo(1);
    }

    @Test
    void unknownStepIsAnErrorThatNamesTheSteps() throws Exception {
        Result result = run("word");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output()).contains("there is no step word; the steps are: words links");
    }
}
