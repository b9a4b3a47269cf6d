package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.PatternSyntaxException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteSyntaxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a/b",
                "/a/",
                "/a%2Fb",
                "/users:list",
                "/items;v=2",
                "~/",
                "~/users/(?<user>[^/]+)/[0-9a-f]{8}-[0-9a-f]{4}$",
                "~/users/(?P<user>\\d+)",
                "~/(?i)a",
                "~/[]a]{3}",
                "~/[[:alpha:]]+\\Q({[\\E"
            })
    void validPathsAreAccepted(String path) {
        assertThat(RouteSyntax.pathViolation(path)).isNull();
        assertThat(PathPattern.of(path)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            quoteCharacter = '\0',
            value = {
                "a -> should start with: / (fixed path) or ~/ (regex path)",
                "~a -> should start with: / (fixed path) or ~/ (regex path)",
                "~ -> should start with: / (fixed path) or ~/ (regex path)",
                "/a//b -> must not have empty segments",
                "~/a//b -> must not have empty segments",
                "/some%2words -> invalid url-encoded value: '%2w'",
                "/some% -> invalid url-encoded value: '%'",
                "/a%00 -> invalid url-encoded value: '%00'",
                "/a?b -> invalid path: '/a?b' (characters outside of the reserved list of RFC 3986 found)",
                "/a b -> invalid path: '/a b' (characters outside of the reserved list of RFC 3986 found)",
                "/é -> invalid path: '/é' (characters outside of the reserved list of RFC 3986 found)",
                "/%61 -> non-normalized path, consider use '/a' instead",
                "/a/../b -> non-normalized path, consider use '/b' instead",
                "/{id} -> non-normalized path, consider use '/%7Bid%7D' instead",
                "/.. -> invalid path: '/..' (no request can have it: it climbs above the root or hides a dot segment)",
                "~/( -> invalid regex: '/(' (RE2 returned: missing closing ))",
                "~/(?=a) -> invalid regex: '/(?=a)' (RE2 returned: invalid or unsupported Perl syntax)",
                "~/(a)\\1 -> invalid regex: '/(a)\\1' (RE2 returned: invalid escape sequence)"
            })
    void otherPathsAreRejectedWithTheReason(String path, String violation) {
        assertThat(RouteSyntax.pathViolation(path)).isEqualTo(violation);
    }

    @Test
    void aServicePathIsAPrefix() {
        assertThat(RouteSyntax.servicePathViolation("/v1/")).isNull();
        assertThat(RouteSyntax.servicePathViolation("~/v1")).isEqualTo("should start with: /");
        assertThat(RouteSyntax.servicePathViolation("/v1 HTTP/1.1\r\nX: y")).startsWith("invalid path: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/((a{1000}){1000}){1000}",
                "/(a{100}){100}",
                "/(?:[(]a{100}[)]){100}",
                "/(?:[[:alpha:](][)]a{100}){100}",
                "/(?:[]([]a{100}){100}",
                "/(?:[^](]a{100}){100}",
                "/(?:[\\](]a{100}){100}",
                "/(?:\\Q(\\Ea{100}){100}",
                "/(?:\\(a{100,}){1,100}",
                "/a{100}(?i){100}",
                "/a{100}(?i-s)\\Q\\E{100}",
                "/a{1000}b{1000}c{1000}"
            })
    void anExpressionThatUnrollsTooFarIsRejectedBeforeItIsCompiled(String regex) {
        assertThat(OperatorRegex.violation(regex)).endsWith("(RE2 returned: expression too large)");
    }

    @Test
    void deepNestingAndLengthAreRejectedBeforeTheyAreCompiled() {
        assertThat(OperatorRegex.violation("(".repeat(100_000) + ")".repeat(100_000)))
                .contains("expression too large");
        assertThat(OperatorRegex.violation("a".repeat(100_000))).contains("expression too large");
        assertThat(OperatorRegex.violation("(".repeat(OperatorRegex.MAX_DEPTH) + ")".repeat(OperatorRegex.MAX_DEPTH)))
                .isNull();
    }

    @Test
    void everyTextIsAcceptedOrRejected() {
        String[] pieces = {
            "(",
            ")",
            "(?:",
            "(?<n>",
            "[",
            "]",
            "[^",
            "[:alpha:]",
            "{",
            "}",
            "{9}",
            "{99}",
            "{9,}",
            "{,9}",
            "{2,99}",
            "*",
            "+",
            "?",
            "|",
            "^",
            "$",
            "\\",
            "\\Q",
            "\\E",
            "\\d",
            "\\pL",
            "\\x{41}",
            ".",
            "a",
            "é",
            "\u0000",
            "(?i)"
        };
        Random random = new Random(7);
        for (int round = 0; round < 100_000; round++) {
            // Few kinds of piece per expression, so that more of them are valid.
            int kinds = 2 + random.nextInt(5);
            String[] chosen = new String[kinds];
            for (int i = 0; i < kinds; i++) {
                chosen[i] = pieces[random.nextInt(pieces.length)];
            }
            StringBuilder regex = new StringBuilder();
            for (int length = random.nextInt(14); length > 0; length--) {
                regex.append(chosen[random.nextInt(kinds)]);
            }
            if (OperatorRegex.violation(regex.toString()) == null) {
                // RE2J adds a few instructions to each operator; the bound is there to keep it in this order.
                assertThat(OperatorRegex.compile(regex.toString(), 0).programSize())
                        .as(regex.toString())
                        .isLessThan(4 * OperatorRegex.MAX_SIZE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"example.com", "example.com:8000", "*.example.com", "example.*", "*.example.com:80", "[::1]:80"})
    void hostsAreAccepted(String host) {
        assertThat(RouteSyntax.hostViolation(host)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "*.example.*, invalid wildcard: must have at most one wildcard",
        "*, invalid wildcard: must be placed at leftmost or rightmost label",
        "*example.com, invalid wildcard: must be placed at leftmost or rightmost label",
        "example*, invalid wildcard: must be placed at leftmost or rightmost label",
        "a.*.com, invalid wildcard: must be placed at leftmost or rightmost label",
        "exa mple.com, invalid hostname: exa mple.com",
        "*.exa~mple.com, invalid hostname: abc.exa~mple.com",
        "example.com:x, invalid hostname: example.com:x",
        "example.com/a, invalid hostname: example.com/a",
        "example-.com, invalid hostname: example-.com",
        "256.0.0.1, invalid ipv4 address: 256.0.0.1",
        "[::g], invalid ipv6 address: [::g]",
        "example.com:65536, invalid port number",
        "example.com:0, invalid value: example.com:0"
    })
    void otherHostsAreRejectedWithTheReason(String host, String violation) {
        assertThat(RouteSyntax.hostViolation(host)).isEqualTo(violation);
    }

    /** The route table takes hosts that were stored under the rules of an earlier version. */
    @ParameterizedTest
    @ValueSource(strings = {"1.2.3", "example-.com", "exa~mple.com"})
    void aStoredHostMatchesThoughNoNewOneMayBeLikeIt(String host) {
        assertThat(RouteSyntax.hostViolation(host)).isNotNull();
        assertThat(HostPattern.of(host).matchesName(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com", "my_host.", "*.example.com", "example.*", "*"})
    void serverNamesAreAccepted(String name) {
        assertThat(RouteSyntax.serverNameViolation(name)).isNull();
    }

    @Test
    void aHeaderValueIsAnythingOrARegularExpression() {
        assertThat(RouteSyntax.headerValueViolation("(")).isNull();
        assertThat(RouteSyntax.headerValueViolation("~*v[12]")).isNull();
        assertThat(RouteSyntax.headerValueViolation("~*("))
                .isEqualTo("invalid regex: '(' (RE2 returned: missing closing ))");
        assertThatThrownBy(() -> OperatorRegex.compile("(", 0)).isInstanceOf(PatternSyntaxException.class);
    }
}
