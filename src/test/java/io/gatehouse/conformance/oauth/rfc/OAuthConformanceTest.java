package io.gatehouse.conformance.oauth.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.oauth.Departure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code config.conformance}: the table in the code, the one in docs/reference/oauth2.md, and the responses. */
class OAuthConformanceTest {
    private static OAuthSituations situations;

    @BeforeAll
    static void start() {
        situations = new OAuthSituations();
    }

    @AfterAll
    static void stop() {
        situations.close();
    }

    @TestFactory
    Stream<DynamicTest> theTableOfTheCode_isWhatClientsGet() {
        return Arrays.stream(Departure.values())
                .flatMap(departure -> Stream.of("kong", "rfc")
                        .map(mode -> DynamicTest.dynamicTest(
                                departure + " " + mode,
                                () -> assertThat(situations.response(departure, mode))
                                        .isEqualTo(mode.equals("rfc") ? departure.rfc() : departure.kong()))));
    }

    @Test
    void theTableOfTheReference_isThatOfTheCode() throws IOException {
        String page = Files.readString(Path.of("docs/reference/oauth2.md"));
        String section = page.substring(page.indexOf("\n## Conformance\n"));
        List<String> rows = section.substring(0, section.indexOf("\n## ", 2))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| ---"))
                .skip(1)
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(Departure.values())
                        .map(departure -> "| "
                                + String.join(
                                        " | ",
                                        departure.situation(),
                                        departure.kong(),
                                        departure.rfc(),
                                        departure.section())
                                + " |")
                        .toList());
    }
}
