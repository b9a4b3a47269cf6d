package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderValueTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "alex", "a b", "100%", "~\u007f"})
    void asciiStaysAsItIs(String value) {
        List<String> values = List.of(value, value);
        assertThat(HeaderValue.text(value)).isSameAs(value);
        assertThat(HeaderValue.texts(values)).isSameAs(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"schlüssel", "用户", "a😀b", "\u0080", "schlÃ¼ssel"})
    void utf8IsDecoded(String text) {
        String value = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(HeaderValue.text(value)).isEqualTo(text);
        assertThat(HeaderValue.texts(List.of("a", value))).containsExactly("a", text);
    }

    /** A byte that is no start, a sequence that is cut short, an overlong one, a surrogate, and one behind a valid character. */
    @ParameterizedTest
    @ValueSource(
            strings = {"\u00fc", "a\u00c3", "\u00e7\u0094", "\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00c3\u00bc\u00ff"})
    void malformedUtf8StaysAsItIs(String value) {
        assertThat(HeaderValue.text(value)).isSameAs(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic a b", "bAsIc   a b", "basic\ta b", "basic \t a b", " basic a b "})
    void whatFollowsASchemeIsTheCredential(String value) {
        assertThat(HeaderValue.credentials(value, "basic")).isEqualTo("a b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "basic", "basic ", "basica b", "basi c", "a basic b"})
    void aValueOfAnotherSchemeHasNone(String value) {
        assertThat(HeaderValue.credentials(value, "basic")).isNull();
    }

    @Property(tries = 2_000)
    void aTextThatIsWritten_isRead(@ForAll String text) {
        String plain = Text.isPlain(text) ? text.strip() : "";
        assertThat(HeaderValue.text(HeaderText.of(plain))).isEqualTo(plain);
    }
}
