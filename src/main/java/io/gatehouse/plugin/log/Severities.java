package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.schema.Document;
import java.util.List;

/**
 * Selects the severity of a request by its status (RFC 5424 §6.2.1).
 *
 * @param level the least severe one that is logged
 */
record Severities(int level, int success, int clientErrors, int serverErrors) {
    /** The severity of a request that is not logged. */
    static final int NONE = -1;

    private static final List<String> NAMES =
            List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");

    private static final int CLIENT_ERRORS = 400;
    private static final int SERVER_ERRORS = 500;

    static Severities of(Document config) {
        return new Severities(
                NAMES.indexOf(config.string("log_level")),
                NAMES.indexOf(config.string("successful_severity")),
                NAMES.indexOf(config.string("client_errors_severity")),
                NAMES.indexOf(config.string("server_errors_severity")));
    }

    int of(FinishedRequest request) {
        int severity = request.status() >= SERVER_ERRORS
                ? serverErrors
                : request.status() >= CLIENT_ERRORS ? clientErrors : success;
        return severity > level ? NONE : severity;
    }
}
