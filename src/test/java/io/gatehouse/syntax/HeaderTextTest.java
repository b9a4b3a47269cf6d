package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "alex", "a b", "100%", "a,b", "%0A", "~!\"'"})
    void printableAsciiStaysAsItIs(String text) {
        assertThat(HeaderText.of(text)).isSameAs(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "用户", "密户", "a用", "😀", "\u00a0x"})
    void charactersBeyondAsciiBecomeTheirUtf8Bytes(String text) {
        byte[] sent = HeaderText.of(text).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(new String(sent, StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void controlCharactersArePercentEncoded() {
        assertThat(HeaderText.of("a\r\nX-Evil: 1\0\t\u007f\u001b[31m")).isEqualTo("a%0D%0AX-Evil: 1%00%09%7F%1B[31m");
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {" a,%20a", "a ,a%20", " ,%20", "  a  ,%20 a %20"})
    void blanksAtTheEndsArePercentEncoded(String text, String value) {
        assertThat(HeaderText.of(text)).isEqualTo(value);
    }

    @Test
    void aListElementHasNoComma() {
        assertThat(HeaderText.ofListElement("a, admins")).isEqualTo("a%2C admins");
        assertThat(HeaderText.ofListElement("staff")).isEqualTo("staff");
    }

    @Property(tries = 2_000)
    void everyTextIsAValue(@ForAll String text) {
        String value = HeaderText.of(text);
        assertThat(value.chars()).allMatch(c -> c >= ' ' && c != 0x7F && c <= 0xFF);
        assertThat(value.strip()).isEqualTo(value);
    }
}
