package io.gatehouse.launch.logging;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.gatehouse.syntax.LogText;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Decorates the failure of a log event: its message and causes are safe to write. */
record SafeThrowable(IThrowableProxy failure, UnaryOperator<String> text) implements IThrowableProxy {

    @Override
    public @Nullable String getMessage() {
        String message = failure.getMessage();
        if (message == null) {
            return null;
        }
        return text.apply(failure instanceof ThrowableProxy proxy ? LogText.of(proxy.getThrowable()) : message);
    }

    @Override
    public String getClassName() {
        return failure.getClassName();
    }

    @Override
    public StackTraceElementProxy[] getStackTraceElementProxyArray() {
        return failure.getStackTraceElementProxyArray();
    }

    @Override
    public int getCommonFrames() {
        return failure.getCommonFrames();
    }

    @Override
    public @Nullable IThrowableProxy getCause() {
        IThrowableProxy cause = failure.getCause();
        return cause == null ? null : new SafeThrowable(cause, text);
    }

    @Override
    public IThrowableProxy[] getSuppressed() {
        IThrowableProxy[] suppressed = failure.getSuppressed();
        IThrowableProxy[] safe = new IThrowableProxy[suppressed == null ? 0 : suppressed.length];
        for (int i = 0; i < safe.length; i++) {
            safe[i] = new SafeThrowable(suppressed[i], text);
        }
        return safe;
    }

    @Override
    public boolean isCyclic() {
        return failure.isCyclic();
    }
}
