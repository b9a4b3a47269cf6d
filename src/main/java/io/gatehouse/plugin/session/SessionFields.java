package io.gatehouse.plugin.session;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.schema.Document;
import io.gatehouse.session.SessionTimeouts;
import io.gatehouse.session.Sessions;
import io.gatehouse.syntax.HeaderText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes the session of a request in headers, for the upstream and the client. */
final class SessionFields {
    private static final String PREFIX = "session-";

    private final List<String> ofRequest;
    private final List<String> ofResponse;
    private final String audience;
    private final SessionTimeouts timeouts;

    SessionFields(Document config, SessionTimeouts timeouts) {
        this.ofRequest = config.strings("request_headers");
        this.ofResponse = config.strings("response_headers");
        this.audience = config.string("audience");
        this.timeouts = timeouts;
    }

    /** Removes the client's headers of these names from the forwarded request. */
    void hide(Exchange exchange) {
        ofRequest.forEach(property -> exchange.hideHeader(PREFIX + property));
    }

    /**
     * Sets the headers.
     *
     * @param subject the name of the Consumer
     */
    void set(Exchange exchange, ConsumerSession session, String subject) {
        long now = Sessions.now();
        for (String property : ofRequest) {
            String value = value(property, session, subject, now);
            if (value != null) {
                exchange.upstreamHeader(PREFIX + property, value);
            }
        }
        for (String property : ofResponse) {
            String value = value(property, session, subject, now);
            if (value != null) {
                exchange.editResponseHead(headers -> headers.set(PREFIX + property, value));
            }
        }
    }

    /** Returns the value of a property; null for a timeout that is none. */
    private @Nullable String value(String property, ConsumerSession session, String subject, long now) {
        return switch (property) {
            case "id" -> session.publicId();
            case "audience" -> HeaderText.of(audience);
            case "subject" -> HeaderText.of(subject);
            case "timeout" -> seconds(1, timeouts.left(session, now));
            case "idling-timeout" -> seconds(timeouts.idling(), timeouts.idlingLeft(session, now));
            case "rolling-timeout" -> seconds(timeouts.rolling(), timeouts.rollingLeft(session, now));
            default -> seconds(timeouts.absolute(), timeouts.absoluteLeft(session, now));
        };
    }

    private static @Nullable String seconds(long timeout, long left) {
        return timeout == 0 ? null : Long.toString(Math.max(0, left));
    }
}
