package io.gatehouse.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** Reports each error in the log of the node: no input of a client or an upstream is one. */
final class NodeErrors implements AutoCloseable {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final AppenderBase<ILoggingEvent> appender;

    NodeErrors(Findings findings) {
        appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                    findings.add(
                            "an error in the log of the node",
                            event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()));
                }
            }
        };
        appender.start();
        ROOT.addAppender(appender);
    }

    @Override
    public void close() {
        ROOT.detachAppender(appender);
    }
}
