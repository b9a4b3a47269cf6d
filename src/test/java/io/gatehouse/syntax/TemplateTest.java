package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static String resolved(String template, Map<String, String> captures) {
        return Template.of(template)
                .resolve((source, name) -> source.equals("uri_captures") ? captures.get(name) : null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "$(uri_captures[1] == nil and \"/\" or uri_captures[1])          | /        | /rest",
                "$(uri_captures[1] == nil and \"/\" or \"/\" .. uri_captures[1]) | /        | //rest",
                "/new$(uri_captures[1] == nil and '-' or '+'..uri_captures[1])   | /new-    | /new+/rest",
                "$(uri_captures[1]==nil and \"a or b\" or \"c .. d\")            | a or b   | c .. d",
                "/new$(uri_captures[1])                                          | /new     | /new/rest",
                "$(uri_captures[1] == nil and \"x\" or headers.none .. \"y\")    | x        | y",
            })
    void aChoiceDependsOnWhetherTheValueExists(String template, String missing, String present) {
        assertThat(resolved(template, Map.of())).isEqualTo(missing);
        assertThat(resolved(template, Map.of("1", "/rest"))).isEqualTo(present);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$(uri_captures[1] == nil and \"/\")",
                "$(uri_captures[1] ~= nil and \"/\" or \"x\")",
                "$(uri_captures[1] == nil and os.exit or \"x\")",
                "$(uri_captures[1] == nil and \"/\" or os.exit)",
                "$(uri_captures[1] == nil and \"/\" or \"x\" ..)",
                "$(ngx.var == nil and \"/\" or \"x\")",
                "$(\"/\" == nil and \"/\" or \"x\")",
            })
    void anotherExpressionIsInvalid(String template) {
        assertThat(Template.violation(template)).contains("unsupported template");
    }

    /** The matcher of a repeated group needs a part of the stack for each repetition. */
    @Test
    void aChoiceOfThousandsOfTextsIsInvalid() {
        String template = "$(headers.a == nil and \"\" or \"\"" + " .. \"\"".repeat(100_000) + ")";
        assertThat(Template.violation(template)).contains("unsupported template");
    }
}
