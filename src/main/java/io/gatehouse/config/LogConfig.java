package io.gatehouse.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Configures the log of this node.
 *
 * @param level least severe level that is logged; the access log has no level
 * @param access whether each proxied request is logged
 * @param fileDirectories below which the {@code file-log} plugin may write; empty for the default
 * @param syslogSocket to which the {@code syslog} plugin sends
 */
public record LogConfig(Format format, Level level, boolean access, List<Path> fileDirectories, Path syslogSocket) {
    public LogConfig(Format format, Level level, boolean access) {
        this(format, level, access, List.of(), Path.of("/dev/log"));
    }

    public LogConfig(Format format, Level level) {
        this(format, level, false);
    }

    /** Returns the directories; the default is one of its own, because the others in {@code dataDir} have keys and data. */
    public List<Path> directories(Path dataDir) {
        return fileDirectories.isEmpty() ? List.of(dataDir.resolve("logs")) : fileDirectories;
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
