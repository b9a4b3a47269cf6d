package io.gatehouse.syntax.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentEncodingTest {
    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "a+b%20c, a+b c",
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
    void lenientDecodingKeepsIncompleteEscapes(String octets, String text) {
        assertThat(PercentEncoding.lenient(octets)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"100%", "%", "%4", "%zz", "%%41", "%4%41", "\u00e9", "%ff", "%c3", "\u20ac", "%\uff14\uff11"})
    void strictDecodingRejectsIncompleteEscapesAndMalformedUtf8(String octets) {
        assertThat(PercentEncoding.strict(octets)).isEmpty();
    }

    @Property(tries = 1_000)
    void bothDecodeWhatTheJdkEncodes(@ForAll String text) {
        String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        String expected = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(PercentEncoding.lenient(encoded)).isEqualTo(expected);
        assertThat(PercentEncoding.strict(encoded)).contains(expected);
    }
}
