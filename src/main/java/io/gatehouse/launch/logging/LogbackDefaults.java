package io.gatehouse.launch.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.gatehouse.config.LogConfig;

/**
 * How Logback starts before the configuration is read: quietly. Logback finds this class itself (META-INF/services),
 * which spares the start the search for XML files and their parsing.
 */
public final class LogbackDefaults extends ContextAwareBase implements Configurator {
    public static final LogConfig QUIET = new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.WARN);

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        Logging.configure(loggers, QUIET);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
