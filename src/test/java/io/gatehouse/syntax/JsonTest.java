package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"key\":\"1\"}|{}",
                "{ \"key\" : \"1\" }|{ }",
                "{\"key\":\"1\", \"a\":1.10}|{\"a\":1.10}",
                "{\"a\":0.10000000000000000001 , \"key\":[1,{\"b\":2}]}|{\"a\":0.10000000000000000001 }",
                "{\"a\":1,\"k\\u0065y\":\",\",\"b\":\"\\u00e9\"}|{\"a\":1,\"b\":\"\\u00e9\"}",
                "{\"a\":{\"key\":1}}|{\"a\":{\"key\":1}}",
                "{}|{}"
            })
    void withoutKeepsTheOtherCharacters(String object, String rest) {
        assertThat(Json.without(object, "key")).isEqualTo(rest);
    }

    @Test
    void withoutFindsAMemberBeyondTheParsersBuffer() {
        String large = "\"a\":\"" + "x".repeat(100_000) + "\"";
        assertThat(Json.without("{" + large + ",\"key\":\"1\"}", "key")).isEqualTo("{" + large + "}");
        assertThat(Json.without("{\"key\":\"1\"," + large + "}", "key")).isEqualTo("{" + large + "}");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.795900339503E9, 1.5E-7, 4_503_599_627_370_495.5, -12_345_678.25})
    void aNumberIsWrittenWithoutAnExponent(double number) {
        String written = Json.write(Map.of("a", number));
        assertThat(written).matches("\\{\"a\":-?[0-9]+\\.[0-9]+}");
        assertThat(Json.object(written)).hasValue(Map.of("a", number));
    }

    @Test
    void aNumberThatNoDoubleHoldsIsWrittenAsText() {
        assertThat(Json.write(Json.object("{\"a\":1e999,\"b\":[-1e999]}").orElseThrow()))
                .isEqualTo("{\"a\":\"Infinity\",\"b\":[\"-Infinity\"]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "1", "{\"a\":1,\"a\":1}", "{\"a\":1}{", "\ufeff{}", "{\"a\":\"\u00ff\"}"})
    void textThatIsNotOneUnambiguousObjectIsRejected(String octets) {
        assertThat(Json.object(octets.getBytes(StandardCharsets.ISO_8859_1))).isEmpty();
        assertThat(Json.scalars(octets.getBytes(StandardCharsets.ISO_8859_1), 9))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\":[{\"b\":1,\"b\":1}]}", "{\"a\":[1", "{\"a\":1}{}", "{\"a\":1,\"b\":2,\"c\":3}", "{\"a\"}"
            })
    void scalarsAreOfAWellFormedObjectWithFewMembers(String text) {
        assertThat(Json.scalars(text.getBytes(StandardCharsets.UTF_8), 2)).isEmpty();
    }

    @Test
    void aDocumentHasAtMost64Levels() {
        String deepest = "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}";
        assertThat(Json.object(deepest)).isPresent();
        assertThat(Json.scalars(deepest.getBytes(StandardCharsets.UTF_8), 1)).isPresent();

        String deeper = deepest.replace("[]", "[[]]");
        assertThat(Json.object(deeper)).isEmpty();
        assertThat(Json.scalars(deeper.getBytes(StandardCharsets.UTF_8), 1)).isEmpty();
    }

    @Test
    void scalarsContainNoNestedValues() {
        String text = "{\"a\":\"\\u00e9\",\"b\":[[1],{}],\"c\":1.5,\"d\":{\"a\":2},\"e\":true,\"f\":null,\"g\":12}";
        Map<String, Object> scalars =
                new HashMap<>(Map.of("a", "\u00e9", "b", Json.NESTED, "c", 1.5, "d", Json.NESTED));
        scalars.putAll(Map.of("e", true, "g", 12));
        scalars.put("f", null);
        assertThat(Json.scalars(text.getBytes(StandardCharsets.UTF_8), 7)).hasValue(scalars);
    }
}
