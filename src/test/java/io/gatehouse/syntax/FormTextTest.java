package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormTextTest {
    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "a+b%20c, a b c",
        "%C3%A9, é",
        "Ã©, é",
        "%C3\u00a9, é",
        "\u00e9, \ufffd",
        "100%, 100%",
        "%, %",
        "%4, %4",
        "%zz, %zz",
        "%%41, %A",
        "%4%41, %4A",
        "%2541, %41"
    })
    void anInvalidEscapeStandsForItself(String octets, String text) {
        assertThat(FormText.decoded(octets)).isEqualTo(text);
    }

    @Property(tries = 1_000)
    void encodedTextIsDecoded(@ForAll String text) {
        String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
        String expected = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(FormText.decoded(encoded)).isEqualTo(expected);
    }
}
