package io.gatehouse.syntax;

import java.net.URISyntaxException;
import java.time.DateTimeException;

/** Writes text of a client or an operator as a part of one log line. */
public final class LogText {
    private static final String WITHHELD = " (its message is withheld, since it may quote what was sent)";
    private static final String OURS = "io.gatehouse.";

    private static final int MAX_DEPTH = 16;

    private LogText() {}

    /** Returns the text with a blank for each run of line breaks and tabs, and an escape for any other control character. */
    public static String oneLine(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return escaped(text);
            }
        }
        return text;
    }

    private static String escaped(String text) {
        StringBuilder line = new StringBuilder(text.length() + 16);
        boolean isBlank = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isBreak = c == '\r' || c == '\n' || c == '\t';
            if (isBreak && !isBlank) {
                line.append(' ');
            } else if (!isBreak && Character.isISOControl(c)) {
                line.append("\\u00").append(hex(c >> 4)).append(hex(c & 0xF));
            } else if (!isBreak) {
                line.append(c);
            }
            isBlank = isBreak;
        }
        return line.toString();
    }

    private static char hex(int digit) {
        return Character.forDigit(digit, 16);
    }

    /**
     * Returns the message of a failure, or its class if it has none.
     *
     * <p>Parsers and codecs quote malformed input, which may contain a token. Of their exceptions, and of those that repeat the message
     * of one, only the class is written. Exceptions of the gateway's own code keep their message.
     */
    public static String of(Throwable failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName();
        }
        return repeatsInput(failure, message) ? failure.getClass().getSimpleName() + WITHHELD : message;
    }

    private static boolean repeatsInput(Throwable failure, String message) {
        // Bounded, because a chain of causes may be circular.
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++, cause = cause.getCause()) {
            String quoted = cause.getMessage();
            if (quoted != null && mayQuote(cause) && message.contains(quoted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayQuote(Throwable failure) {
        String name = failure.getClass().getName();
        boolean isParsers = name.startsWith("io.netty.handler.codec.")
                || name.startsWith("io.vertx.core.json.")
                || name.startsWith("com.fasterxml.jackson.");
        boolean isGeneral = failure instanceof IllegalArgumentException
                || failure instanceof IndexOutOfBoundsException
                || failure instanceof URISyntaxException
                || failure instanceof DateTimeException;
        return isParsers || (isGeneral && !isOurs(failure, name));
    }

    /** Whether the gateway's code has thrown the exception. */
    private static boolean isOurs(Throwable failure, String name) {
        StackTraceElement[] trace = failure.getStackTrace();
        return name.startsWith(OURS)
                || (trace.length > 0 && trace[0].getClassName().startsWith(OURS));
    }
}
