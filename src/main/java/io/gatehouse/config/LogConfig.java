package io.gatehouse.config;

/** How this node logs. */
public record LogConfig(Format format, Level level) {
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
