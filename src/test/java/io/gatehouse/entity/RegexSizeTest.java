package io.gatehouse.entity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexSizeTest {
    private static final String[] PIECES = {
        "a",
        "(",
        ")",
        "(?:",
        "[",
        "]",
        "[^",
        "[]]",
        "[(]",
        "[)]",
        "\\",
        "\\(",
        "\\Q",
        "\\E",
        "{7}",
        "{0,5}",
        "{3,}",
        "{",
        "*",
        "+?",
        "|",
        "[[:alpha:]]",
        "[:",
        ":]",
        "[{9}]",
        "\\pL",
        "\\d",
        "(?i)",
        "é"
    };

    /** The point of it: nothing compiles to much more than was estimated, however it is disguised. */
    @Test
    void noProgramIsMuchLargerThanItsEstimate() {
        Random random = new Random(5);
        int compiled = 0;
        for (int round = 0; round < 100_000; round++) {
            StringBuilder regex = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                regex.append(PIECES[random.nextInt(PIECES.length)]);
            }
            long estimate = RegexSize.of(regex.toString());
            if (estimate > 100_000) {
                continue;
            }
            try {
                int size = Pattern.compile(regex.toString()).programSize();
                compiled++;
                assertThat((long) size).as(regex.toString()).isLessThanOrEqualTo(3 * estimate + 8);
            } catch (PatternSyntaxException e) {
                // Not a regular expression: nothing was compiled.
            }
        }
        assertThat(compiled).isGreaterThan(5_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"((((a{30}){30}){30}){30}){30}", "(a{1000}){1000}", "([)]a{999}){999}", "(\\Q)\\Ea{999}){999}"})
    void repetitionsOfRepetitionsAreSeen(String regex) {
        assertThat(RegexSize.of(regex)).isGreaterThan(900_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/users/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/(?:posts|likes)/\\d{1,10}$",
                "/(?P<version>v[1-9])/.*"
            })
    void whatPeopleWriteIsSmall(String regex) {
        assertThat(RegexSize.of(regex)).isLessThan(200);
    }
}
