package io.gatehouse.launch.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.hazelcast.internal.cluster.impl.MembershipManager;
import io.gatehouse.config.LogConfig;
import io.gatehouse.telemetry.AccessEntry;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private final PrintStream console = System.out;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void captureStandardOutput() {
        System.setOut(new PrintStream(written, true, UTF_8));
    }

    @AfterEach
    void restoreTheLogSettings() {
        System.setOut(console);
        Logging.configure(LogbackDefaults.QUIET, false);
    }

    @Test
    void aTextEventIsOneLineWhateverTheMessageContains() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.INFO);

        LoggerFactory.getLogger("io.gatehouse.Example").info("hello {}", "there\r\n2026 ERROR forged");

        assertThat(written())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ INFO  Example hello there 2026"
                        + " ERROR forged\n");
    }

    @Test
    void textLinesAndStackTracesContainNoControlCharacter() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.INFO);

        LoggerFactory.getLogger("io.gatehouse.Example")
                .error("a\u001b[31m\u0000b\u009bc\u007f", new IllegalStateException("d\u001b\n2026 ERROR forged"));

        assertThat(written()).contains("Example a\\u001b[31m\\u0000b\\u009bc\\u007f\n", "d\\u001b 2026 ERROR forged");
        assertThat(written().chars()).noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t');
    }

    @ParameterizedTest
    @EnumSource(LogConfig.Format.class)
    void stackTracesContainNoInputThatACodecQuotes(LogConfig.Format format) {
        configure(format, LogConfig.Level.INFO);
        Throwable cause = catchThrowable(() -> new DefaultHttpHeaders().set("authorization", "Bearer SECRET\u0000"));
        assertThat(cause).isInstanceOf(IllegalArgumentException.class);

        LoggerFactory.getLogger("io.gatehouse.Example").error("failed", new RuntimeException(cause));
        LoggerFactory.getLogger("io.gatehouse.Example").error("failed", new DecoderException("SECRET in a frame"));

        assertThat(written())
                .contains("IllegalArgumentException", "DecoderException", "LoggingTest")
                .doesNotContain("SECRET");
    }

    @Test
    void aJsonEventIsOneObject() {
        configure(LogConfig.Format.JSON, LogConfig.Level.INFO);

        LoggerFactory.getLogger("io.gatehouse.Example").warn("hello {}", "there\nagain");

        assertThat(written().lines()).hasSize(1);
        assertThat(new JsonObject(written()))
                .anySatisfy(entry -> assertThat(entry.getValue()).isEqualTo("hello there\nagain"))
                .anySatisfy(entry -> assertThat(entry.getValue()).isEqualTo("WARN"))
                .anySatisfy(entry -> assertThat(entry.getValue()).isEqualTo("io.gatehouse.Example"));
    }

    @Test
    void librariesLogFromWarnUpUnlessTheLevelIsDebug() {
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
    void suspicionsOfHazelcastAreNotLogged_becauseItSuspectsEachMemberThatLeaves() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.INFO);
        LoggerFactory.getLogger(MembershipManager.class).warn("suspected to be dead");
        assertThat(written()).isEmpty();
    }

    @Test
    void levelErrorAlsoAppliesToLibraries() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.ERROR);

        LoggerFactory.getLogger("com.hazelcast.core").warn("trouble");

        assertThat(written()).isEmpty();
    }

    @Test
    void logsOfTheJdkUseTheSameFormat() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.INFO);

        java.util.logging.Logger.getLogger("some.library").warning("through the JDK");

        assertThat(written()).contains("WARN  library through the JDK");
    }

    private static void audit() {
        LoggerFactory.getLogger("gatehouse.audit")
                .info(
                        "[{}] {} did {}: {}",
                        "6f0d",
                        "192.0.2.7 with the token",
                        "POST /consumers",
                        "created 1\u001b\n2");
    }

    @ParameterizedTest
    @EnumSource(LogConfig.Level.class)
    void anAuditLineIsOneObject_atEveryLevel(LogConfig.Level level) {
        configure(LogConfig.Format.JSON, level);

        audit();

        assertThat(written().lines()).hasSize(1);
        JsonObject line = new JsonObject(written());
        assertThat(line.getLong("timestamp")).isPositive();
        assertThat(line.getString("level")).isEqualTo("INFO");
        assertThat(line.getString("loggerName")).isEqualTo("gatehouse.audit");
        assertThat(line.getString("formattedMessage"))
                .isEqualTo("[6f0d] 192.0.2.7 with the token did POST /consumers: created 1\u001b\n2");
    }

    @Test
    void anAuditLineInTextIsOneLine() {
        configure(LogConfig.Format.TEXT, LogConfig.Level.ERROR);

        audit();

        assertThat(written())
                .matches("\\S+ INFO  audit \\[6f0d] 192.0.2.7 with the token did POST /consumers: created"
                        + " 1\\\\u001b 2\n");
    }

    private static final AccessEntry ENTRY = new AccessEntry(
            "d1d07b5af2adae103f0c2cb070421343",
            "0af7651916cd43dd8448eb211c80319c",
            "192.0.2.7",
            "HTTP/1.1",
            "GET",
            "api.example.com",
            "/orders",
            200,
            "upstream",
            "none",
            true,
            "orders",
            "shop",
            "al\nex",
            0,
            512,
            12_345_678,
            345_678,
            11_000_000);

    private void configureAccess(LogConfig.Format format) {
        Logging.configure(new LogConfig(format, LogConfig.Level.ERROR, true), false);
    }

    /** Stops the log, which waits for queued lines. */
    private String accessLog() {
        LoggerFactory.getLogger(AccessEntry.LOGGER).info("{}", ENTRY);
        Logging.stop();
        return written();
    }

    @Test
    void anAccessLogEntryIsOneFlatObjectAtEveryLevel() {
        configureAccess(LogConfig.Format.JSON);

        String line = accessLog();

        assertThat(line.lines()).hasSize(1);
        JsonObject entry = new JsonObject(line);
        assertThat(entry.getLong("timestamp")).isPositive();
        entry.remove("timestamp");
        assertThat(entry)
                .isEqualTo(new JsonObject()
                        .put("level", "INFO")
                        .put("loggerName", "gatehouse.access")
                        .put("request_id", "d1d07b5af2adae103f0c2cb070421343")
                        .put("trace_id", "0af7651916cd43dd8448eb211c80319c")
                        .put("client", "192.0.2.7")
                        .put("protocol", "HTTP/1.1")
                        .put("method", "GET")
                        .put("host", "api.example.com")
                        .put("path", "/orders")
                        .put("status", 200)
                        .put("source", "upstream")
                        .put("fault", "none")
                        .put("complete", true)
                        .put("route", "orders")
                        .put("service", "shop")
                        .put("consumer", "al\nex")
                        .put("request_bytes", 0)
                        .put("response_bytes", 512)
                        .put("duration_ms", 12.345)
                        .put("gateway_ms", 0.345)
                        .put("upstream_ms", 11.0));
    }

    @Test
    void anAccessLogEntryInTextIsOneLine() {
        configureAccess(LogConfig.Format.TEXT);

        assertThat(accessLog())
                .matches("\\S+ INFO  access 192.0.2.7 GET api.example.com/orders 200 12.345 ms \\(gateway 0.345,"
                        + " upstream 11.0\\) 512 bytes from upstream route=orders service=shop consumer=al ex"
                        + " request=d1d07b5af2adae103f0c2cb070421343 trace=0af7651916cd43dd8448eb211c80319c\n");
    }

    @Test
    void theAccessLogIsOffByDefault() {
        configure(LogConfig.Format.JSON, LogConfig.Level.TRACE);

        assertThat(LoggerFactory.getLogger(AccessEntry.LOGGER).isErrorEnabled()).isFalse();
    }

    @Test
    void accessLogIsWrittenToTheStandardOutputItStartedWith() {
        configureAccess(LogConfig.Format.TEXT);
        ByteArrayOutputStream later = new ByteArrayOutputStream();
        System.setOut(new PrintStream(later, true, UTF_8));

        assertThat(accessLog()).contains("GET api.example.com/orders");
        assertThat(later.toString(UTF_8)).isEmpty();
    }

    @Test
    void aBlockedConsoleDelaysNoRequestAndDroppedLinesAreCounted() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch writing = new CountDownLatch(1);
        System.setOut(new PrintStream(new OutputStream() {
            @Override
            public void write(int octet) {
                writing.countDown();
                try {
                    read.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }));
        configureAccess(LogConfig.Format.JSON);
        org.slf4j.Logger access = LoggerFactory.getLogger(AccessEntry.LOGGER);
        try {
            access.info("{}", ENTRY);
            assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
            long before = Logging.droppedAccessLines();

            for (int i = 0; i < 20_000; i++) {
                access.info("{}", ENTRY);
            }

            assertThat(Logging.droppedAccessLines() - before).isEqualTo(20_000 - 16_384);
        } finally {
            read.countDown();
        }
    }

    private static void configure(LogConfig.Format format, LogConfig.Level level) {
        Logging.configure(new LogConfig(format, level), false);
    }

    private String written() {
        return written.toString(UTF_8);
    }
}
