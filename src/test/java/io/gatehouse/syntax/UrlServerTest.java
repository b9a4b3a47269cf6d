package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the hosts of URLs, among them those that java.net.URI does not return. */
class UrlServerTest {

    @ParameterizedTest
    @CsvSource({
        "http://log_server:9000/, log_server, 9000,",
        "https://otel_collector, otel_collector, -1,",
        "http://us%40er:p%3Aw@log_server:9000/a?b@c, log_server, 9000, us@er:p:w",
        "http://user:pw@logs.example:9000/, logs.example, 9000, user:pw",
        "http://[::1]:9000/, [::1], 9000,",
        "http://127.0.0.1/, 127.0.0.1, -1,"
    })
    void theServerHasAHostAPortAndUserInformation(String url, String host, int port, String userInfo) {
        assertThat(UrlServer.of(URI.create(url))).isEqualTo(new UrlServer(host, port, userInfo));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://:80/",
                "http:/a",
                "http://log_server:/",
                "http://log_server:65536/",
                "http://log_server:99999999999/",
                "http://a@b@log_server/",
                "http://log%5Fserver/",
                "http://::1/",
                "http://1.2.3/"
            })
    void aUrlWithoutAHostOrWithAMalformedOneNamesNoServer(String url) {
        assertThat(UrlServer.of(URI.create(url))).isNull();
    }
}
