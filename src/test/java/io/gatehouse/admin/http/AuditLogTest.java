package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.admin.AdminNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests the audit log. */
class AuditLogTest {
    private static final Logger AUDIT = (Logger) LoggerFactory.getLogger("gatehouse.audit");

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private AdminNode node;

    @BeforeEach
    void listen() {
        node = new AdminNode();
        lines.start();
        AUDIT.setLevel(Level.INFO);
        AUDIT.addAppender(lines);
    }

    @AfterEach
    void stop() {
        AUDIT.detachAppender(lines);
        AUDIT.setLevel(null);
        node.close();
    }

    private List<String> said() {
        return lines.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .map(line -> line.replaceFirst("\\[[^]]*] ", ""))
                .toList();
    }

    @Test
    void everyWriteIsLoggedWithoutValues() {
        String consumer = node.post("/consumers", Map.of("username", "alex")).id();
        String credential = node.post("/consumers/alex/oauth2", Map.of("name", "app", "client_secret", "verySecret"))
                .id();
        node.patch("/oauth2/" + credential, Map.of("client_secret", "anotherSecret"));
        node.delete("/consumers/alex");

        assertThat(said())
                .containsExactly(
                        "127.0.0.1 did POST /consumers: created " + consumer,
                        "127.0.0.1 did POST /consumers/{consumers}/oauth2: created " + credential,
                        "127.0.0.1 did PATCH /oauth2/{oauth2_credentials}: changed " + credential + " [client_secret]",
                        "127.0.0.1 did DELETE /consumers/{consumers}: deleted " + consumer);
    }

    @Test
    void rejectedAndReadingRequestsAreNotLogged() {
        node.post("/consumers", Map.of("nonsense", "x"));
        node.get("/consumers");
        node.delete("/consumers/absent");

        assertThat(said()).isEmpty();
    }
}
