package io.gatehouse.plugin.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.RequestOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
    private static RequestOptions request(String url) {
        return new HttpEndpoint(url, "POST", "application/json", Map.of(), 1, 1).request();
    }

    @Test
    void aHostMayHaveAnUnderscore() {
        RequestOptions request = request("http://user:pw@log_server:9000/logs?a=b");

        assertThat(request.getHost()).isEqualTo("log_server");
        assertThat(request.getPort()).isEqualTo(9000);
        assertThat(request.getURI()).isEqualTo("/logs?a=b");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Basic dXNlcjpwdw==");
    }

    @Test
    void thePortOfTheSchemeIsUsed_whenTheUrlHasNone() {
        assertThat(request("http://log_server").getPort()).isEqualTo(80);
        assertThat(request("https://log_server").getPort()).isEqualTo(443);
    }
}
