package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A list of scopes that was written as one text; docs/reference/oauth2.md#scope. */
class ScopeWarningTest {
    @Test
    void scopeWithACommaOrASpace_isNamedInTheLog() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.gatehouse.plugin.oauth2");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        JsonObject config = new JsonObject().put("scopes", List.of("email,phone", "read write", "plain"));
        try (OAuthApi api = new OAuthApi(config)) {
            api.call("unknown").isStatus(401);
            List<String> warnings = log.list.stream()
                    .filter(event -> event.getLevel() == Level.WARN)
                    .map(ILoggingEvent::getFormattedMessage)
                    .filter(message -> message.contains(api.plugin.getString("id")))
                    .toList();
            assertThat(warnings).hasSize(1);
            assertThat(warnings.get(0)).contains("a comma or a space").endsWith("scopes=[email,phone, read write]");
        } finally {
            logger.detachAppender(log);
        }
    }
}
