package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Writes entries as the C library writes them for the local syslog daemon: RFC 3164 §4.1 without the name of the host. */
final class SyslogFormat {
    /** By their numbers. Those from 12 to 15 have no name in Kong. */
    private static final List<String> FACILITIES = List.of(
            "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp");

    private static final String LOCAL = "local";
    private static final int LOCAL0 = 16;

    /** In the time zone of the node, as the C library does. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.US).withZone(ZoneId.systemDefault());

    private static final String TAG = " kong[" + ProcessHandle.current().pid() + "]: ";

    private SyslogFormat() {}

    /** Returns the format; a request that is less severe than {@code log_level} gives an empty message. */
    static Function<FinishedRequest, Buffer> of(Document config) {
        Severities severities = Severities.of(config);
        int facility = facility(config.string("facility"));
        return request -> {
            int severity = severities.of(request);
            if (severity == Severities.NONE) {
                return Buffer.buffer();
            }
            Instant end = Instant.ofEpochMilli(request.startedAtMillis()
                    + TimeUnit.NANOSECONDS.toMillis(request.latencies().total()));
            return Buffer.buffer("<" + (facility * 8 + severity) + ">" + TIME.format(end) + TAG)
                    .appendBuffer(LogMessage.of(request).toBuffer());
        };
    }

    private static int facility(String name) {
        return name.startsWith(LOCAL)
                ? LOCAL0 + Integer.parseInt(name.substring(LOCAL.length()))
                : FACILITIES.indexOf(name);
    }
}
