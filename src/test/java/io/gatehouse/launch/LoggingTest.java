package io.gatehouse.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.LogConfig;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private final PrintStream console = System.out;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void catchStandardOutput() {
        System.setOut(new PrintStream(written, true, UTF_8));
    }

    @AfterEach
    void logAsTheOtherTestsDo() {
        System.setOut(console);
        Logging.configure(LogbackDefaults.QUIET, false);
    }

    @Test
    void textIsOneLineForEachEventWhateverTheMessageHolds() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.INFO);

        LoggerFactory.getLogger("io.gatehouse.Example").info("hello {}", "there\r\n2026 ERROR forged");

        assertThat(written())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ INFO  Example hello there 2026"
                        + " ERROR forged\n");
    }

    @Test
    void jsonIsOneObjectForEachEvent() {
        configure(LogConfig.Format.JSON, LogConfig.Level.INFO);

        LoggerFactory.getLogger("io.gatehouse.Example").warn("hello {}", "there\nagain");

        assertThat(written().lines()).hasSize(1);
        assertThat(new JsonObject(written()))
                .anySatisfy(entry -> assertThat(entry.getValue()).isEqualTo("hello there\nagain"))
                .anySatisfy(entry -> assertThat(entry.getValue()).isEqualTo("WARN"))
                .anySatisfy(entry -> assertThat(entry.getValue()).isEqualTo("io.gatehouse.Example"));
    }

    @Test
    void librariesAreHeardFromWarnOnUnlessDebugIsAskedFor() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.INFO);
        LoggerFactory.getLogger("com.hazelcast.core").info("a long story");
        assertThat(written()).isEmpty();
        LoggerFactory.getLogger("com.hazelcast.core").warn("trouble");
        assertThat(written()).contains("trouble");

        configure(LogConfig.Format.TEXT, LogConfig.Level.DEBUG);
        LoggerFactory.getLogger("com.hazelcast.core").info("a long story");
        assertThat(written()).contains("a long story");
    }

    @Test
    void errorAsksLibrariesToBeAsQuiet() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.ERROR);

        LoggerFactory.getLogger("com.hazelcast.core").warn("trouble");

        assertThat(written()).isEmpty();
    }

    @Test
    void whatTheJdkLogsComesTheSameWay() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.INFO);

        java.util.logging.Logger.getLogger("some.library").warning("through the JDK");

        assertThat(written()).contains("WARN  library through the JDK");
    }

    private static void configure(LogConfig.Format format, LogConfig.Level level) {
        Logging.configure(new LogConfig(format, level), false);
    }

    private String written() {
        return written.toString(UTF_8);
    }
}
