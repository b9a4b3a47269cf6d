package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LogConfig;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Tests the syslog plugin against Kong 3.10. */
@EnabledOnOs(OS.LINUX)
class SyslogTest {
    private static final String DROPPED = "gatehouse_log_entries_dropped_total{plugin=\"syslog\"";

    private static PluginApi api;
    private static SyslogDaemon daemon;
    private static Path socket;

    @BeforeAll
    static void start() throws IOException {
        socket = Files.createTempDirectory("syslog").resolve("dev-log");
        GatehouseConfig config = Gatehouse.config(TestDatabase.create(), List.of());
        LogConfig log = config.log();
        api = new PluginApi(Gatehouse.start(
                config.withLog(new LogConfig(log.format(), log.level(), log.access(), log.fileDirectories(), socket))));
        daemon = new SyslogDaemon(socket);
    }

    @AfterAll
    static void stop() throws IOException {
        api.close();
        daemon.close();
        Files.deleteIfExists(socket);
        Files.delete(socket.getParent());
    }

    @AfterEach
    void clear() {
        daemon.clear();
    }

    @Test
    void theDaemonReceivesTheMessageOfTheRequest() {
        String path = api.protectedBy("syslog", new JsonObject());
        api.gatehouse.get(path + "?q=%0a%3C0%3Ex").isStatus(200);
        String received = daemon.next();
        assertThat(received)
                .matches("<14>[A-Z][a-z]{2} [ 123]\\d \\d\\d:\\d\\d:\\d\\d kong\\["
                        + ProcessHandle.current().pid() + "]: \\{.*}")
                .doesNotContain("\n");
        JsonObject message = new JsonObject(received.substring(received.indexOf('{')));
        assertThat(message.getJsonObject("request").getString("uri")).startsWith(path);
        assertThat(message.getJsonObject("response").getInteger("status")).isEqualTo(200);
    }

    @Test
    void theStatusSelectsTheSeverityAndTheFacilityIsConfigured() {
        String path = api.protectedBy(
                "syslog",
                new JsonObject()
                        .put("facility", "local7")
                        .put("log_level", "notice")
                        .put("successful_severity", "debug")
                        .put("client_errors_severity", "warning")
                        .put("server_errors_severity", "crit"));
        // Less severe than the level.
        api.gatehouse.get(path).isStatus(200);
        api.add(path, "request-termination", new JsonObject().put("status_code", 404));
        api.gatehouse.get(path).isStatus(404);
        assertThat(daemon.next()).startsWith("<" + (23 * 8 + 4) + ">").contains("\"status\":404");
        String broken = api.protectedBy(
                "syslog", new JsonObject().put("facility", "authpriv").put("server_errors_severity", "crit"));
        api.add(broken, "request-termination", new JsonObject());
        api.gatehouse.get(broken).isStatus(503);
        assertThat(daemon.next()).startsWith("<" + (10 * 8 + 2) + ">").contains("\"status\":503");
    }

    @Test
    void messagesReachADaemonThatRestarts() throws IOException {
        String path = api.protectedBy("syslog", new JsonObject());
        api.gatehouse.get(path + "/1").isStatus(200);
        assertThat(daemon.next()).contains(path + "/1");
        daemon.close();
        Files.deleteIfExists(socket);
        api.gatehouse.get(path + "/2").isStatus(200);
        daemon = new SyslogDaemon(socket);
        assertThat(daemon.next()).contains(path + "/2");
    }

    @Test
    void aMessageThatIsLargerThanADatagramIsDroppedAndCounted() {
        double before = dropped();
        String path = api.protectedBy("syslog", new JsonObject());
        // The upstream accepts no head of this size. Its response does not matter.
        api.gatehouse.get(path + "?q=" + "x".repeat(3_000), "X-Large", "\"".repeat(28_000));
        api.gatehouse.get(path + "/small").isStatus(200);
        assertThat(daemon.next()).contains(path + "/small");
        await().atMost(LogServer.LIMIT).until(() -> dropped() - before == 1.0);
    }

    @Test
    void aDaemonThatDoesNotReadHoldsUpNoRequest() {
        double before = dropped();
        String path = api.protectedBy("syslog", new JsonObject());
        daemon.read(false);
        // The system keeps some for the daemon. A batch that follows is dropped in part.
        await().atMost(LogServer.LIMIT).until(() -> {
            api.gatehouse.get(path).isStatus(200);
            return dropped() - before > 0;
        });
        daemon.read(true);
        api.gatehouse.get(path + "/last").isStatus(200);
        await().atMost(LogServer.LIMIT).until(() -> daemon.next().contains(path + "/last"));
    }

    @Test
    void luaAndUnknownFacilitiesAreRejected() {
        api.assertRefused(
                "syslog",
                new JsonObject().put("custom_fields_by_lua", new JsonObject().put("a", "return 1")),
                "config.custom_fields_by_lua: not supported: the gateway runs no Lua");
        api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject().put("name", "syslog").put("config", new JsonObject().put("facility", "USER")))
                .isStatus(400);
    }

    private static double dropped() {
        return Http.send(Http.get(api.gatehouse.statusUrl("/metrics")))
                .text()
                .lines()
                .filter(line -> line.startsWith(DROPPED))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
