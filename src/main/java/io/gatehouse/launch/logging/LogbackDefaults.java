package io.gatehouse.launch.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.gatehouse.config.LogConfig;

/**
 * Configures Logback before the configuration is read: warnings and errors as text. Logback finds the class in
 * META-INF/services and then does not search for XML files.
 */
public final class LogbackDefaults extends ContextAwareBase implements Configurator {
    public static final LogConfig QUIET = new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.WARN);

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        Logging.configure(loggers, QUIET);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
