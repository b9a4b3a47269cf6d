package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import org.junit.jupiter.api.Test;

class LogTextTest {
    private static final String SECRET = "Bearer SECRET";

    @Test
    void aLineHasNoControlCharacter() {
        assertThat(LogText.oneLine("plain é用")).isEqualTo("plain é用");
        assertThat(LogText.oneLine("a\r\n\tb\u001bc\u0000\u007f\u009b")).isEqualTo("a b\\u001bc\\u0000\\u007f\\u009b");
    }

    @Test
    void messagesOfParsersAreWithheldAlsoWhenTheyAreRepeated() {
        Throwable quoting = catchThrowable(() -> URI.create(SECRET));
        assertThat(quoting).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(SECRET);
        assertThat(LogText.of(quoting)).startsWith("IllegalArgumentException (").doesNotContain("SECRET");
        assertThat(LogText.of(new RuntimeException(quoting)))
                .startsWith("RuntimeException (")
                .doesNotContain("SECRET");
    }

    @Test
    void messagesOfNetworksAndOfTheGatewayAreKept() {
        assertThat(LogText.of(new ConnectException("Connection refused: a/127.0.0.1:1")))
                .isEqualTo("Connection refused: a/127.0.0.1:1");
        assertThat(LogText.of(new IllegalArgumentException("a route of ours"))).isEqualTo("a route of ours");
        assertThat(LogText.of(new IOException())).isEqualTo("IOException");
    }
}
