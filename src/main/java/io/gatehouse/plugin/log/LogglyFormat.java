package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes entries as messages of syslog (RFC 5424 §6) with Loggly's token and tags. */
final class LogglyFormat {
    private static final List<String> SEVERITIES =
            List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");
    private static final int FACILITY_USER = 1;
    private static final int CLIENT_ERRORS = 400;
    private static final int SERVER_ERRORS = 500;

    private LogglyFormat() {}

    /** Returns the format; a request that is less severe than {@code log_level} gives an empty message. */
    static Function<FinishedRequest, Buffer> of(Document config) {
        int level = SEVERITIES.indexOf(config.string("log_level"));
        int success = SEVERITIES.indexOf(config.string("successful_severity"));
        int clientErrors = SEVERITIES.indexOf(config.string("client_errors_severity"));
        int serverErrors = SEVERITIES.indexOf(config.string("server_errors_severity"));
        String tags = config.strings("tags").stream()
                .map(tag -> " tag=\"" + tag + "\"")
                .collect(Collectors.joining());
        String data = "[" + config.string("key") + "@41058" + tags + "] ";
        return request -> {
            int severity = request.status() >= SERVER_ERRORS
                    ? serverErrors
                    : request.status() >= CLIENT_ERRORS ? clientErrors : success;
            if (severity > level) {
                return Buffer.buffer();
            }
            return Buffer.buffer("<" + (FACILITY_USER * 8 + severity) + ">1 "
                            + Instant.ofEpochMilli(request.startedAtMillis()) + " - kong - - " + data)
                    .appendBuffer(LogMessage.of(request).toBuffer());
        };
    }
}
