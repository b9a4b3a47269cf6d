package io.gatehouse.plugin.botdetection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ua_parser.Parser;

/** The rules of ua-parser, and what they cost for user agents that are made to cost much. */
class RobotRulesTest {
    /** Many times what the rules take, for a slow machine. It is far below what a pattern that backtracks without bound takes. */
    private static final Duration MOST = Duration.ofMillis(500);

    private static final RobotRules RULES = RobotRules.read();
    private static Parser parser;

    @BeforeAll
    static void readAll() {
        parser = new Parser();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko)"
                        + " Chrome/41.0.2272.96 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                "facebookexternalhit/1.1",
                "Scrapy/2.11 (+https://scrapy.org)",
                "Python-urllib/3.12",
                "SomeNewSpider/0.1"
            })
    void robotsAreRobots(String agent) {
        assertThat(RULES.resemblesRobot(agent)).isTrue();
        assertThat(RULES.isRobot(agent)).isTrue();
        assertThat(parser.parseDevice(agent).family).isEqualTo("Spider");
    }

    /** Their names contain {@code bot} and {@code silk}, as those of robots do. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mozilla/5.0 (Linux; Android 9; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0 Mobile Safari/537.36",
                "Mozilla/5.0 (Linux; Android 5.1; CUBOT NOTE S Build/LMY47I) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
                "Mozilla/5.0 (Linux; U; en-us; KFOT Build/IML74K) AppleWebKit/535.19 (KHTML, like Gecko) Silk/2.1 Safari/535.19"
                        + " Silk-Accelerated=true"
            })
    void phonesAndTabletsAreNot_whateverTheirNames(String agent) {
        assertThat(RULES.isRobot(agent)).isFalse();
        assertThat(parser.parseDevice(agent).family).isNotEqualTo("Spider");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1",
                "curl/8.5.0",
                "okhttp/4.12.0",
                ""
            })
    void browsersAndClientsDoNotResembleRobots(String agent) {
        assertThat(RULES.resemblesRobot(agent)).isFalse();
        assertThat(RULES.isRobot(agent)).isFalse();
    }

    private static Stream<String> hostile() {
        return Stream.of(
                        List.of("Android", "bot"),
                        List.of("LG ", "Nokia"),
                        List.of("Mozilla Mobile "),
                        List.of("MozillaMobile"),
                        List.of("Google/+/web/snippe"),
                        List.of(" PTST/1"),
                        List.of("; "),
                        List.of("; Android 4.0; "),
                        List.of("bot; Android Application - "),
                        List.of("Android 4.0; en-us; ;"),
                        List.of("SymbianOS/9.1 Samsung"),
                        List.of("bot; HTC_"),
                        List.of("bot; 1 Build/Cros"),
                        List.of("1"),
                        List.of("a "))
                .flatMap(parts -> parts.stream()
                        .map(part -> part.repeat(Robots.READ_CHARS).substring(0, Robots.READ_CHARS)));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void noUserAgentTakesLong(String agent) {
        long begin = System.nanoTime();
        RULES.resemblesRobot(agent);
        RULES.isRobot(agent);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(MOST);
    }

    @Test
    void manyUserAgentsOfRobotsAreExaminedInAMoment() {
        long begin = System.nanoTime();
        for (int i = 0; i < Robots.MAX_PENDING; i++) {
            RULES.isRobot("Mozilla/5.0 (compatible; SomeBot/" + i + "; +https://some.example/bot.html)");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(MOST.multipliedBy(10));
    }
}
