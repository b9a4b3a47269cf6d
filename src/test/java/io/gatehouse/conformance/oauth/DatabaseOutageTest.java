package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.TcpRelay;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests proxied requests during and after an outage of PostgreSQL. */
class DatabaseOutageTest {
    private static TcpRelay line;
    private static Upstream upstream;
    private static Gatehouse gatehouse;
    private static JsonObject application;

    @BeforeAll
    static void start() {
        PostgresConfig real = TestDatabase.create();
        line = TcpRelay.to(real);
        upstream = Upstream.start();
        gatehouse = Gatehouse.start(line.along(real));
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.protect("api", new JsonObject());
        application = gatehouse.register("alex", new JsonObject());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
        line.close();
    }

    @Test
    void cachedTokensRemainValidAndOtherRequestsGet503() {
        String used = gatehouse.clientCredentialsToken("/api", application);
        String unused = gatehouse.clientCredentialsToken("/api", application);
        gatehouse.getWithToken("/api", used).isStatus(200);

        line.cut();

        gatehouse.getWithToken("/api", used).isStatus(200);
        gatehouse.getWithToken("/api", unused).isStatus(200);
        Reply unknown = gatehouse.getWithToken("/api", "never-seen");
        unknown.isError(503, "temporarily_unavailable", "The access token cannot be checked now");
        assertThat(unknown.header("retry-after")).isNotNull();
        Reply issuing = gatehouse.token("/api", Gatehouse.clientCredentials(application));
        issuing.isStatus(503);
        assertThat(issuing.json().getString("error")).isEqualTo("temporarily_unavailable");
        assertThat(issuing.header("retry-after")).isNotNull();
        Reply admin = gatehouse.admin("GET", "/services");
        admin.isMessage(503, "database unavailable");
        assertThat(admin.header("retry-after")).isNotNull();

        line.mend();

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            gatehouse.admin("GET", "/services").isStatus(200);
            gatehouse.token("/api", Gatehouse.clientCredentials(application)).isStatus(200);
            gatehouse.getWithToken("/api", "never-seen").isStatus(401);
        });
        gatehouse.getWithToken("/api", unused).isStatus(200);
        gatehouse.create("/consumers", new JsonObject().put("username", "after-the-outage"));
    }
}
