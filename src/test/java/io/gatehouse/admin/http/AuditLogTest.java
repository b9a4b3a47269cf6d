package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.admin.AdminNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests the audit log. */
class AuditLogTest {
    private static final Logger AUDIT = (Logger) LoggerFactory.getLogger("gatehouse.audit");

    /** A row of the table of changes. */
    private static final Pattern CHANGE =
            Pattern.compile("(?m)^\\| `((?:created|changed|deleted|revoked|marked|sent) [^`]+)` \\|");

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

    /** Operators search for these texts. The audit log has no schema of its own. */
    @Test
    void everyChangeHasAFormThatIsDocumented() throws Exception {
        node.post("/consumers", Map.of("username", "alex"));
        node.patch("/consumers/alex", Map.of("custom_id", "7", "tags", List.of("a")));
        node.delete("/consumers/alex");
        node.delete("/oauth2_tokens?authenticated_userid=alex");
        node.post("/upstreams", Map.of("name", "u"));
        node.post("/upstreams/u/targets", Map.of("target", "127.0.0.1:80"));
        node.put("/upstreams/u/targets/127.0.0.1:80/unhealthy", Map.of());
        node.post("/gatehouse/test-call", Map.of("url", "http://localhost/api"));

        List<Pattern> documented = CHANGE.matcher(Files.readString(Path.of("docs/reference/observability.md")))
                .results()
                .map(row -> row.group(1)
                        .replace("[FIELDS]", "\\[[a-z_, ]+]")
                        .replace("ID", "[0-9a-f-]{36}")
                        .replace("METHOD", "[A-Z]+")
                        .replaceFirst("\\bN\\b", "[0-9]+"))
                .map(form -> Pattern.compile(".* did [A-Z]+ /\\S+: " + form))
                .toList();

        assertThat(said())
                .hasSize(7)
                .allMatch(line ->
                        documented.stream().anyMatch(form -> form.matcher(line).matches()));
        assertThat(documented)
                .filteredOn(form ->
                        said().stream().noneMatch(line -> form.matcher(line).matches()))
                .extracting(Pattern::pattern)
                .containsExactlyInAnyOrder(
                        ".* did [A-Z]+ /\\S+: marked [0-9a-f-]{36} healthy",
                        ".* did [A-Z]+ /\\S+: sent a test call with the method [A-Z]+");
    }

    @Test
    void rejectedAndReadingRequestsAreNotLogged() {
        node.post("/consumers", Map.of("nonsense", "x"));
        node.get("/consumers");
        node.delete("/consumers/absent");

        assertThat(said()).isEmpty();
    }
}
