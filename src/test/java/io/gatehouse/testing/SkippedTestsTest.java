package io.gatehouse.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Each way in which JUnit skips a test is a line: the launcher finds the listener as Maven's does. */
class SkippedTestsTest {
    /** Runs only below: Maven passes over nested classes. */
    static class Sample {
        @Test
        void runs() {
            assertThat(true).isTrue();
        }

        @Test
        @Disabled("broken since Monday")
        void disabled() {}

        @Test
        void aborted() {
            assumeTrue(false, "no tool\nhere");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void parameterized(int number) {
            assumeTrue(number > 1, "one is not enough");
        }
    }

    static class AbortedClass {
        @BeforeAll
        static void begin() {
            assumeTrue(false, "no engine");
        }

        @Test
        void neverRuns() {}
    }

    private static List<String> output(Class<?>... classes) {
        PrintStream console = System.out;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setOut(new PrintStream(written, true, UTF_8));
        try {
            LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
            for (Class<?> type : classes) {
                request.selectors(selectClass(type));
            }
            LauncherFactory.create().execute(request.build());
        } finally {
            System.setOut(console);
        }
        return written.toString(UTF_8).lines().toList();
    }

    @Test
    void skippedTestsAreNamedWithTheirReason() {
        assertThat(output(Sample.class))
                .containsExactlyInAnyOrder(
                        "NOT CHECKED: broken since Monday (SkippedTestsTest$Sample.disabled)",
                        "NOT CHECKED: no tool here (SkippedTestsTest$Sample.aborted)",
                        "NOT CHECKED: one is not enough (SkippedTestsTest$Sample.parameterized)");
    }

    @Test
    void skippedClassIsNamedOnce() {
        assertThat(output(AbortedClass.class))
                .containsExactly("NOT CHECKED: no engine (SkippedTestsTest$AbortedClass)");
    }
}
