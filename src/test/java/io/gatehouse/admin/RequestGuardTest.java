package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.http.RawHttp;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.store.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests access by token, {@code Host} and {@code Origin}. */
class RequestGuardTest {
    private static final String STATUS = "GET /endpoints HTTP/1.1";

    @Test
    void everyEndpointRequiresTheConfiguredToken() {
        try (AdminNode node = new AdminNode(TestDatabase.create(), AdminNode.config("127.0.0.1", "s3cret"))) {
            for (String path : List.of("/", "/services", "/nothing", "/status", "/schemas/services")) {
                AdminNode.Reply refused = node.get(path);
                assertThat(refused.status()).isEqualTo(401);
                assertThat(refused.text()).isEqualTo("{\"message\":\"Unauthorized\"}");
                assertThat(refused.header("WWW-Authenticate")).isEqualTo("Bearer");
            }
            for (String wrong :
                    List.of("Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets", "Basic s3cret", "s3cret")) {
                assertThat(node.sendWith("GET", "/services", "Authorization", wrong)
                                .status())
                        .isEqualTo(401);
            }
            assertThat(node.send("OPTIONS", "/services").status()).isEqualTo(401);
            assertThat(node.sendWith("GET", "/services", "Authorization", "Bearer s3cret")
                            .status())
                    .isEqualTo(200);
            assertThat(node.sendWith("GET", "/services", "Authorization", "bearer s3cret")
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void bothTokensOfARotationAreValid() {
        AdminConfig rotating = AdminNode.rotating("127.0.0.1", List.of("n3w", "0ld"));
        try (AdminNode node = new AdminNode(TestDatabase.create(), rotating)) {
            assertThat(List.of("n3w", "0ld", "n3w 0ld", "n3w\t0ld", "n3", ""))
                    .extracting(token -> node.sendWith("GET", "/services", "Authorization", "Bearer " + token)
                            .status())
                    .containsExactly(200, 200, 401, 401, 401, 401);
            assertThat(List.of("n3w", "0ld", "other"))
                    .extracting(token -> node.sendWith("GET", "/services", "Kong-Admin-Token", token)
                            .status())
                    .containsExactly(200, 200, 401);
        }
    }

    @Test
    void onLoopbackOnlyLocalNamesAndPagesAreAccepted() {
        try (AdminNode node = new AdminNode()) {
            for (String host : List.of("localhost", "LOCALHOST:8001", "127.0.0.1", "127.1.2.3:80", "[::1]:8001")) {
                assertThat(RawHttp.send(node.port(), STATUS, "Host: " + host))
                        .as(host)
                        .startsWith("HTTP/1.1 200");
            }
            for (String host : List.of(
                    "evil.example",
                    "localhost.evil.example",
                    "127.0.0.1.evil.example",
                    "10.0.0.1",
                    "127.evil",
                    "0.0.0.0")) {
                assertThat(RawHttp.send(node.port(), STATUS, "Host: " + host))
                        .as(host)
                        .startsWith("HTTP/1.1 403")
                        .endsWith("{\"message\":\"Forbidden\"}");
            }
            for (String origin :
                    List.of("http://evil.example", "null", "file://", "https://localhost.evil.example", "%")) {
                assertThat(RawHttp.send(node.port(), STATUS, "Host: localhost", "Origin: " + origin))
                        .as(origin)
                        .startsWith("HTTP/1.1 403")
                        .doesNotContainIgnoringCase("access-control");
            }
            for (String origin : List.of("http://localhost:8002", "http://127.0.0.1", "http://[::1]:3000")) {
                assertThat(RawHttp.send(node.port(), STATUS, "Host: localhost", "Origin: " + origin))
                        .as(origin)
                        .startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void beyondLoopbackWithoutATokenAPageMayOnlyCallItsOwnHost() {
        try (AdminNode node = new AdminNode(TestDatabase.create(), AdminNode.config("0.0.0.0", null))) {
            assertThat(RawHttp.send(node.port(), STATUS, "Host: admin.example")).startsWith("HTTP/1.1 200");
            assertThat(RawHttp.send(node.port(), STATUS, "Host: admin.example", "Origin: https://admin.example"))
                    .startsWith("HTTP/1.1 200");
            assertThat(RawHttp.send(node.port(), STATUS, "Host: admin.example", "Origin: https://evil.example"))
                    .startsWith("HTTP/1.1 403");
        }
    }
}
