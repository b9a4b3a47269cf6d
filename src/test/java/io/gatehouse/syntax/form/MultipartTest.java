package io.gatehouse.syntax.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {
    private static final String TYPE = "multipart/form-data; boundary=b";
    private static final String KEY = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n";
    private static final String FILE =
            "--b\r\nContent-Disposition: form-data; name=\"key\"; filename=\"C:\\\\key\"\r\n\r\n\u00ff\r\n";

    private static Optional<Multipart> parse(String body) {
        return Multipart.parse(MediaType.of(TYPE), body);
    }

    private static String part(String headers) {
        return "--b\r\n" + headers + "\r\n\r\nv\r\n--b--\r\n";
    }

    @Test
    void fieldsAreThePartsWithoutAFileName() {
        Multipart body = parse(KEY + FILE + "--b--\r\n").orElseThrow();
        assertThat(body.fields().orElseThrow()).containsExactly(new FormPair("key", "k"));
    }

    @Test
    void pairsIncludeFilesAndAreEmptyIfAValueIsNotUtf8() {
        String file = FILE.replace('\u00ff', 'f');
        assertThat(parse(KEY + file + "--b--").orElseThrow().pairs().orElseThrow())
                .containsExactly(new FormPair("key", "k"), new FormPair("key", "f"));
        assertThat(parse(KEY + FILE + "--b--").orElseThrow().pairs()).isEmpty();
    }

    @Test
    void withoutKeepsTheBytesOfTheOtherParts() {
        String other = "--b \t\r\nContent-Disposition: form-data; name=other\r\nX: \u00ff\r\n\r\n\u00fe\r\n";
        Multipart body =
                parse("before\r\n" + KEY + other + KEY + "--b--\r\nafter").orElseThrow();
        assertThat(body.without("key")).isEqualTo("before\r\n" + other + "--b--\r\nafter");
        assertThat(body.without("none")).isEqualTo("before\r\n" + KEY + other + KEY + "--b--\r\nafter");
        assertThat(parse(KEY + "--b--").orElseThrow().without("key")).isEqualTo("--b--");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Disposition: form-data; filename=\"; name=key\"",
                "Content-Disposition: form-data; name=\"key\"; name=\"other\"",
                "Content-Disposition: form-data; name=\"key\"\r\nContent-Disposition: form-data; name=\"other\"",
                "Content-Disposition: form-data; name=\"key\"; name*=utf-8''other",
                "Content-Disposition: form-data; name=\"k\\ey\"",
                "Content-Disposition: form-data; name=\"key\" other",
                "Content-Disposition: form-data;\r\n name=\"key\"",
                "Content-Disposition: form-data; name=\"key\"\nX: y",
                "Content-Disposition: form-data; name=\"key\"\r\nContent-Transfer-Encoding: base64",
                "Content-Disposition: attachment; name=\"key\"",
                "Content-Disposition: form-data; name=\"\u00ff\"",
                "X: y"
            })
    void aPartThatTwoParsersCouldReadDifferentlyIsMalformed(String headers) {
        assertThat(parse(part("Content-Disposition: form-data; name=\"key\""))).isPresent();
        assertThat(parse(part(headers))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--b",
                "--b--x",
                "--bx\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--b--",
                "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nv",
                "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--",
                "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nv\n--b\nw\r\n--b--",
                "\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--b--"
            })
    void aBodyWithAnAmbiguousOrMissingDelimiterIsMalformed(String body) {
        assertThat(parse(body)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"b",
                "multipart/form-data; boundary=b; boundary=c",
                "multipart/form-data; boundary=b c",
                "multipart/form-data; boundary=\"b \"",
                "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x"
            })
    void anInvalidBoundaryMakesTheBodyMalformed(String type) {
        assertThat(Multipart.parse(MediaType.of(type), KEY + "--b--")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data;boundary=\"b\"", "Multipart/Form-Data ; charset=x ; Boundary=b;"})
    void aBoundaryMayBeQuotedAndFollowOtherParameters(String type) {
        assertThat(Multipart.parse(MediaType.of(type), KEY + "--b--")).isPresent();
    }

    @Test
    void aBodyWithMorePartsOrLongerHeadersThanTheLimitsIsMalformed() {
        assertThat(parse(KEY.repeat(FormPair.LIMIT) + "--b--")).isPresent();
        assertThat(parse(KEY.repeat(FormPair.LIMIT + 1) + "--b--")).isEmpty();
        String disposition = "Content-Disposition: form-data; name=a\r\nX: ";
        assertThat(parse(part(disposition + "x".repeat(8_000)))).isPresent();
        assertThat(parse(part(disposition + "x".repeat(8_192)))).isEmpty();
    }
}
