package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes entries as messages of syslog (RFC 5424 §6) with Loggly's token and tags. */
final class LogglyFormat {
    private static final int FACILITY_USER = 1;

    private LogglyFormat() {}

    /** Returns the format; a request that is less severe than {@code log_level} gives an empty message. */
    static Function<FinishedRequest, Buffer> of(Document config) {
        Severities severities = Severities.of(config);
        String tags = config.strings("tags").stream()
                .map(tag -> " tag=\"" + tag + "\"")
                .collect(Collectors.joining());
        String data = "[" + config.string("key") + "@41058" + tags + "] ";
        return request -> {
            int severity = severities.of(request);
            return severity == Severities.NONE
                    ? Buffer.buffer()
                    : Buffer.buffer("<" + (FACILITY_USER * 8 + severity) + ">1 "
                                    + Instant.ofEpochMilli(request.startedAtMillis()) + " - kong - - " + data)
                            .appendBuffer(LogMessage.of(request).toBuffer());
        };
    }
}
