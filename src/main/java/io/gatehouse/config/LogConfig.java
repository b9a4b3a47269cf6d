package io.gatehouse.config;

/**
 * How this node logs.
 *
 * @param level least severe that is logged; the access log has none
 * @param access whether each proxied request is logged
 */
public record LogConfig(Format format, Level level, boolean access) {
    public LogConfig(Format format, Level level) {
        this(format, level, false);
    }

    /** One line for people, or one JSON object for machines. */
    public enum Format {
        TEXT,
        JSON
    }

    /** SLF4J's levels. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }
}
