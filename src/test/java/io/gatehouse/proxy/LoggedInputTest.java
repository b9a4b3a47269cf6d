package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** No line of the log has a header value, a token or a control character of a request, whatever failed. */
class LoggedInputTest {
    private static final String SECRET = "SECRET-TOKEN";
    private static final List<String> LINES = new CopyOnWriteArrayList<>();
    private static final AppenderBase<ILoggingEvent> APPENDER = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            LINES.add(event.getFormattedMessage());
        }
    };

    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() throws IOException {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
        try (ServerSocket closed = new ServerSocket(0)) {
            gatehouse.createApi("down", "/down", closed.getLocalPort());
        }
        APPENDER.start();
        root().addAppender(APPENDER);
    }

    @AfterAll
    static void stop() {
        root().detachAppender(APPENDER);
        gatehouse.close();
        upstream.close();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static void isNotLogged() {
        assertThat(LINES)
                .noneMatch(line -> line.contains(SECRET) || line.chars().anyMatch(Character::isISOControl));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer SECRET-TOKEN\u001b[31m\r\n\r\n",
                "GET /api HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer SECRET-TOKEN\rX: y\r\n\r\n",
                "GET /api HTTP/1.1\r\nHost: a SECRET-TOKEN\r\n\r\n",
                "GET /api?access_token=SECRET-TOKEN\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /api?access_token=SECRET-TOKEN HTTP/9.9\r\nHost: a\r\n\r\n",
                "GET /%zz?access_token=SECRET-TOKEN HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: SECRET-TOKEN\r\n\r\n",
                "POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nSECRET-TOKEN\r\n",
                "GET /down?access_token=SECRET-TOKEN HTTP/1.1\r\nHost: a\r\nCookie: s=SECRET-TOKEN\r\nConnection: close\r\n\r\n"
            })
    void aRequestThatFailsIsLoggedWithoutItsContent(String request) {
        assertThat(RawClient.send(gatehouse, request).status()).isGreaterThanOrEqualTo(400);
        isNotLogged();
    }

    @Test
    void aFieldOfHttp2ThatCannotBeWrittenIsNotLogged() throws IOException {
        try (Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            client.headers(
                            1,
                            Http2Socket.END_STREAM,
                            ":method: GET",
                            ":scheme: http",
                            ":authority: a",
                            ":path: /api",
                            "authorization: Bearer SECRET-TOKEN\r\nx: \u001b[31m")
                    .send();
            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(400);
        }
        isNotLogged();
    }
}
