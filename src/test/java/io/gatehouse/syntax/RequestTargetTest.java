package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "/ -> /",
                "/a/b -> /a/b",
                "/a/ -> /a/",
                // RFC 3986 §6.2.2.2: unreserved characters are decoded
                "/%61%62c -> /abc",
                "/%7Euser/%2D%5F%30 -> /~user/-_0",
                // RFC 3986 §6.2.2.1: hexadecimal digits in upper case
                "/%c3%a9 -> /%C3%A9",
                "/a%2fb -> /a%2Fb",
                "/a%2Fb -> /a%2Fb",
                "/a%5cb -> /a%5Cb",
                "/100%25 -> /100%25",
                "/%2561 -> /%2561",
                "/a%20b%3f%23%0a -> /a%20b%3F%23%0A",
                // RFC 3986 §6.2.2.3: dot segments are removed
                "/. -> /",
                "/./ -> /",
                "/a/. -> /a/",
                "/a/./b -> /a/b",
                "/a/.. -> /",
                "/a/../ -> /",
                "/a/b/.. -> /a/",
                "/a/b/../c -> /a/c",
                "/a/b/../../c -> /c",
                "/a/%2e/b -> /a/b",
                "/a/%2E%2e/b -> /b",
                "/a/.%2e/b -> /b",
                "/a/%2e. -> /",
                // segments that only look like them
                "/a/... -> /a/...",
                "/.well-known/x -> /.well-known/x",
                "/..a/b. -> /..a/b.",
                "/a/%252e%252e/b -> /a/%252e%252e/b",
                // repeated slashes
                "// -> /",
                "//a///b// -> /a/b/",
                "/a//../b -> /b",
                "//example.com/a -> /example.com/a",
                // parameters belong to their segment
                "/a;v=1/b;x -> /a;v=1/b;x",
                "/a;/.. -> /",
                "/a.;x -> /a.;x",
                "/a;..%2Fb -> /a;..%2Fb",
                "/a%2F...%2Fb -> /a%2F...%2Fb",
                // sub-delimiters and the rest of pchar
                "/!$&'()*+,=:@ -> /!$&'()*+,=:@",
                // printable characters RFC 3986 wants encoded
                "/a|b[c]{d}^`<>\" -> /a%7Cb%5Bc%5D%7Bd%7D%5E%60%3C%3E%22"
            },
            quoteCharacter = '\0')
    void aPathIsNormalised(String raw, String path) {
        RequestTarget target = RequestTarget.parse(raw);
        assertThat(target).isEqualTo(new RequestTarget(path, null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // invalid encoding
                "/%",
                "/%4",
                "/%zz",
                "/%6",
                "/a%2/b",
                "/%%41",
                "/%u0041",
                "/%٤١",
                // NUL and control characters
                "/%00",
                "/a%00.html",
                "/a\u0000b",
                "/a\nb",
                "/a\r\nHost: x",
                "/a\tb",
                "/a\u007fb",
                "/a b",
                // above the root
                "/..",
                "/../",
                "/a/../..",
                "/a/../../b",
                "/%2e%2e/a",
                "//..",
                "/a//../../b",
                // what is not a path
                "",
                " ",
                "*",
                "a",
                "?a",
                "#",
                "example.com:443",
                "/a#b",
                "/#",
                // not ASCII
                "/é",
                "/\u00e9",
                "/\uff0e\uff0e/a",
                "/\u2215a",
                "/\ud83d\ude00",
                // a backslash that some servers take for a slash
                "/a\\b",
                "/a/..\\b",
                // dot segments that some servers would see
                "/a/..;/b",
                "/a/.;/b",
                "/a/..;x=y/b",
                "/a/..;",
                "/a/%2e%2e;/b",
                "/a/..%2Fb",
                "/a/%2e%2e%2fb",
                "/a/.%2Fb",
                "/a%2F..%2Fb",
                "/a%2F..",
                "/a%2f../b",
                "/a%2F.",
                "/a%2F..;x",
                "/a%5C..%5Cb",
                "/a/..%5cb",
                "/a//..%2Fb",
                "/a;x%2F..%2Fb",
                // segments that some servers would remove
                "/;x/admin",
                "/;/admin",
                "/a/;x/b",
                "/a/;",
                "//;x",
                "/./;x/a",
                "/a/../;x/b",
                "/a%2F;x/b",
                "/a%5C;x"
            })
    void anAmbiguousPathIsRejected(String raw) {
        assertThat(RequestTarget.parse(raw)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a=b",
                "a=%2f..%2F&b=%7e",
                "a=/../b//c",
                "?",
                "a?b",
                "filter[x]={y}|z",
                "redirect=http://a\\b",
                "a=b;c=d+e",
                "a=%",
                "a=%4",
                "a=%2",
                "a=%zz",
                "100%&a=%%",
                "a=\u00c3\u00a9",
                "a=\u00e9",
                "a=\u0080\u009b\u00ff"
            })
    void theQueryIsPassedOnUnchanged(String query) {
        assertThat(RequestTarget.parse("/a/../b?" + query)).isEqualTo(new RequestTarget("/b", query, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%00", "a b", "a\u0000", "a\r\nb", "a\tb", "a\u007f", "a\u001b", "a#b", "#", "用"})
    void anAmbiguousQueryIsRejected(String query) {
        assertThat(RequestTarget.parse("/?" + query)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.com/a/../b?c=d,  /b, c=d, example.com, -1",
        "HTTP://EXAMPLE.com:8000/a,      /a, ,    example.com, 8000",
        "https://example.com,            /,  ,    example.com, -1",
        "http://example.com?a=/b,        /,  a=/b, example.com, -1",
        "http://[::1]:80//a,             /a, ,    [::1], 80"
    })
    void anAbsoluteFormNamesItsAuthority(String raw, String path, @Nullable String query, String host, int port) {
        assertThat(RequestTarget.parse(raw)).isEqualTo(new RequestTarget(path, query, new Authority(host, port)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://",
                "http:///a",
                "http:/a",
                "http:a",
                "https://?a",
                "http://user@example.com/",
                "http://example.com:x/",
                "http://example.com#/",
                "http://example.com\\a",
                "http://example.com/..",
                "ftp://example.com/",
                "javascript://example.com/",
                "httpx://example.com/"
            })
    void aMalformedAbsoluteFormIsRejected(String raw) {
        assertThat(RequestTarget.parse(raw)).isNull();
    }

    @Test
    void aNormalTargetIsNotCopied() {
        for (String raw : new String[] {"/", "/orders/17/items", "/.well-known/a;b=c/%C3%A9%2F/x."}) {
            assertThat(Objects.requireNonNull(RequestTarget.parse(raw)).path()).isSameAs(raw);
        }
    }

    /** Pieces that mean something to some parser, so that random targets are not merely noise. */
    private static final String[] PIECES = {
        "/", "//", ".", "..", "%2e", "%2E", "%2f", "%5C", "%00", "%", "%4", "%41", "%25", ";", "a", "Z", "~", "?", "#",
        "\\", " ", "\u0000", "\r", "\n", "\t", "é", "\uD800", "\u2024", "*", "@", ":", "[", "]", "|", "http://", "host",
        "%c3", "%0d%0a", "=", "&"
    };

    @Test
    void everyTargetIsNormalisedOrRejected() {
        Random random = new Random(20_261_123);
        int accepted = 0;
        for (int round = 0; round < 300_000; round++) {
            String raw = randomTarget(random);
            RequestTarget target = RequestTarget.parse(raw);
            if (target != null) {
                accepted++;
                assertNormal(raw, target);
            }
        }
        assertThat(accepted).as("targets that say something").isGreaterThan(30_000);
    }

    private static String randomTarget(Random random) {
        StringBuilder raw = new StringBuilder(random.nextInt(20) == 0 ? "http://a" : "/");
        // Few kinds of piece per target: a single refused one would hide what the others do.
        int kinds = 2 + random.nextInt(5);
        String[] chosen = new String[kinds];
        for (int i = 0; i < kinds; i++) {
            chosen[i] = PIECES[random.nextInt(PIECES.length)];
        }
        for (int length = random.nextInt(12); length > 0; length--) {
            raw.append(chosen[random.nextInt(kinds)]);
        }
        return raw.toString();
    }

    private static void assertNormal(String raw, RequestTarget target) {
        String path = target.path();
        assertThat(path)
                .as("path of %s", raw)
                .startsWith("/")
                .matches("(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*")
                .doesNotContain("//", "/./", "/../", "%00")
                .doesNotEndWith("/.")
                .doesNotEndWith("/..");
        // However a server decodes slashes and cuts parameters, it finds no dot segment.
        String asSomeServersRead = path.replaceAll("%2F|%5C", "/").replaceAll(";[^/]*", "") + "/";
        assertThat(asSomeServersRead).as("path of %s", raw).doesNotContain("/./", "/../");
        assertThat(RequestTarget.parse(path)).as("once more").isEqualTo(new RequestTarget(path, null, null));
        if (target.query() != null) {
            assertThat(raw).endsWith("?" + target.query());
        }
    }
}
