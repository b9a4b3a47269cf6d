package io.gatehouse.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests what log messages show of request targets. */
class RedactionTest {
    @Test
    void aChangedTargetIsNotShown_whenTheRequestHasMoreThan32Credentials() {
        Redaction redaction = new Redaction(List.of("token"), List.of());
        String tokens =
                IntStream.range(0, 32).mapToObj(i -> "token=secret-" + i).collect(Collectors.joining("; "));
        MultiMap headers = HttpHeaders.headers().set("Cookie", tokens);

        assertThat(redaction.changedTarget("/a?b=secret-7&c=d", headers, null, null))
                .isEqualTo("/a?b=REDACTED&c=d");
        headers.set("Authorization", "one-more");
        assertThat(redaction.changedTarget("/a?b=secret-7&c=d", headers, null, null))
                .isEqualTo("/REDACTED?REDACTED");
        assertThat(redaction.changedTarget("/a", headers, null, null)).isEqualTo("/REDACTED");
    }

    @Test
    void credentialsInUrlsAreRedactedInQueryAndFragment() {
        Redaction redaction = new Redaction(List.of("access_token"), List.of());
        assertThat(redaction.target("https://a.test/cb#state=1&access_token=s3&x=2"))
                .isEqualTo("https://a.test/cb#state=1&access_token=REDACTED&x=2");
        assertThat(redaction.target("/cb?a=b?c&access%5Ftoken=s3?more#access_token=s3"))
                .isEqualTo("/cb?a=b?c&access%5Ftoken=REDACTED#access_token=REDACTED");
        assertThat(redaction.target("/cb?")).isEqualTo("/cb?");
    }

    @Test
    void aParameterThatPluginsWriteIsRedactedInChangedTargetsOnly() {
        Redaction redaction = new Redaction(List.of(), List.of("api_key"));

        assertThat(redaction.changedTarget("/x?api%5Fkey=s3&a=b", HttpHeaders.headers(), null, null))
                .isEqualTo("/x?api%5Fkey=REDACTED&a=b");
        assertThat(redaction.target("/x?api_key=1")).isEqualTo("/x?api_key=1");
        assertThat(redaction.query("api_key=1")).containsEntry("api_key", List.of("1"));
    }
}
