package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.TcpRelay;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** An outage is logged in a few lines, not in one for each request. */
class OutageLogTest {
    private static final int REQUESTS = 5;

    private final Logger proxies = (Logger) LoggerFactory.getLogger("io.gatehouse.proxy");
    private final Lines lines = new Lines();

    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final List<String> said = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            said.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    }

    @BeforeEach
    void listen() {
        lines.start();
        proxies.setLevel(Level.INFO);
        proxies.addAppender(lines);
    }

    @AfterEach
    void detachAppender() {
        proxies.detachAppender(lines);
        proxies.setLevel(null);
    }

    @Test
    void anOutageIsLoggedAtItsBeginAndEndWithACount() {
        Vertx vertx = Vertx.vertx();
        try {
            OutageLog outages = new OutageLog(vertx, 50);

            IntStream.rangeClosed(1, 3).forEach(number -> outages.failed("r" + number, "no issuer"));
            await().until(() -> lines.said.size() == 3);
            outages.failed("r4", "again");

            assertThat(lines.said)
                    .startsWith(
                            "WARN request r1 answered 503: no issuer; further ones are only counted",
                            "WARN 2 more requests answered 503: no issuer",
                            "INFO recovered: 3 requests were answered 503",
                            "WARN request r4 answered 503: again; further ones are only counted");
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    @Test
    void oneLineReportsThatTheStateOfTokensIsUnavailable() {
        PostgresConfig database = TestDatabase.create();
        try (Upstream upstream = Upstream.start();
                TcpRelay line = TcpRelay.to(database);
                Gatehouse gatehouse = Gatehouse.start(line.along(database))) {
            gatehouse.createApi("api", "/api", upstream.port());
            gatehouse.protect("api", new JsonObject());
            line.cut();

            for (int number = 0; number < REQUESTS; number++) {
                gatehouse.getWithToken("/api", "unknown-" + number).isStatus(503);
            }

            assertThat(lines.said).hasSize(1).first().asString().startsWith("WARN request ");
            line.mend();
        }
    }
}
