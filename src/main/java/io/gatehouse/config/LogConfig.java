package io.gatehouse.config;

/**
 * Configures the log of this node.
 *
 * @param level least severe level that is logged; the access log has no level
 * @param access whether each proxied request is logged
 */
public record LogConfig(Format format, Level level, boolean access) {
    public LogConfig(Format format, Level level) {
        this(format, level, false);
    }

    /** Selects lines of text or JSON objects. */
    public enum Format {
        TEXT,
        JSON
    }

    /** Lists SLF4J's levels. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }
}
