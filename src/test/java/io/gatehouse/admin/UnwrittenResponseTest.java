package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.console.Console;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.EndpointTable;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests responses that cannot be written: their clients would wait until the connection closes. */
class UnwrittenResponseTest {
    private final Vertx vertx = TestTransport.vertx();

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    private int status(AdminResponse response) {
        AdminConfig config =
                new AdminConfig(new ListenAddress("127.0.0.1", 0), Duration.ofSeconds(2), List.of(), false, null);
        Endpoint endpoint =
                new Endpoint("/answer", Map.of(HttpMethod.GET, request -> Future.succeededFuture(response)));
        Router router = Router.router(vertx);
        router.route()
                .handler(new AdminHandler(
                        new EndpointTable(List.of(endpoint)),
                        Console.load(),
                        new RequestGuard(config),
                        vertx.createSharedWorkerExecutor("unwritten"),
                        "test"));
        int port = Gatehouse.await(
                        vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"))
                .actualPort();
        return Http.send(Http.get("http://127.0.0.1:" + port + "/answer")).status();
    }

    @Test
    void aBodyThatCannotBeEncodedIs500() {
        assertThat(status(AdminResponse.ok(Map.of("number", Double.NaN)))).isEqualTo(500);
    }

    @Test
    void aHeaderThatCannotBeWrittenIs500() {
        assertThat(status(AdminResponse.NO_CONTENT.with("X-Names", "one\ntwo"))).isEqualTo(500);
    }
}
