package io.gatehouse.syntax.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;

class UrlEncodedTest {
    @Test
    void parseReturnsThePairsInOrder() {
        assertThat(UrlEncoded.parse("a=1&&b&=c&a=%2B+%C3%A9").orElseThrow())
                .containsExactly(
                        new FormPair("a", "1"), new FormPair("b", ""), new FormPair("", "c"), new FormPair("a", "+ é"));
    }

    @Test
    void parseRejectsAFormWithOneMalformedPair() {
        assertThat(UrlEncoded.parse("a=1&b=100%")).isEmpty();
        assertThat(UrlEncoded.parse("a=1&%zz=1")).isEmpty();
        assertThat(UrlEncoded.parse("a=%ff")).isEmpty();
    }

    @Test
    void parseRejectsAFormWithMorePairsThanTheLimit() {
        String full = String.join("&", Collections.nCopies(FormPair.LIMIT, "a=1"));
        assertThat(UrlEncoded.parse(full + "&&").orElseThrow()).hasSize(FormPair.LIMIT);
        assertThat(UrlEncoded.parse(full + "&a=1")).isEmpty();
    }

    @Test
    void valuesOfAQueryAreReadDespiteAMalformedPair() {
        assertThat(UrlEncoded.values("b=100%&%6bey=a+b&key", "key")).containsExactly("a b");
    }

    @Test
    void withoutKeepsTheBytesOfTheOtherPairs() {
        assertThat(UrlEncoded.without("a=%7e&&key=1&%6Bey=2&b=100%&key", "key")).isEqualTo("a=%7e&&b=100%");
        assertThat(UrlEncoded.without("key=1", "key")).isNull();
    }
}
