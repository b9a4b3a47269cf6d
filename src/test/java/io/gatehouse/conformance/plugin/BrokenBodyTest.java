package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.Http2Socket;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests a body that a plugin reads, on an HTTP/2 connection that ends with an error of the client (RFC 9113 §5.4.1). */
class BrokenBodyTest {
    @Test
    void anErrorOfTheClientIsNoErrorOfTheGateway() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger("io.gatehouse.proxy");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try (PluginApi api = new PluginApi()) {
            String path = api.protectedBy("key-auth", new JsonObject().put("key_in_body", true));
            try (Http2Socket client = Http2Socket.open(api.gatehouse.node().port("proxy.http"))) {
                client.headers(
                                1,
                                0,
                                ":method: POST",
                                ":scheme: http",
                                ":authority: a",
                                ":path: " + path,
                                "content-type: application/json")
                        .frame(Http2Socket.DATA, 0, 1, "{\"a\":".getBytes(StandardCharsets.US_ASCII))
                        .frame(Http2Socket.PING, 0, 0, new byte[7])
                        .send();
                assertThat(client.readToEnd()).anyMatch(frame -> frame.type() == Http2Socket.GOAWAY);
            }
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list).noneMatch(line -> line.getLevel() == Level.ERROR);
    }
}
