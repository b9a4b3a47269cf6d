package io.gatehouse.routing;

import static io.gatehouse.routing.RequestFixture.get;
import static io.gatehouse.routing.RouteFixture.route;
import static io.gatehouse.routing.RouteFixture.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {

    @Test
    void anEmptyTableMatchesNothing() {
        assertThat(RouteTable.of(List.of()).match(get("/"))).isNull();
    }

    @Test
    void everyAttributeThatIsSetMustMatch() {
        RouteTable<String> table = table(route("r")
                .methods("GET", "POST")
                .hosts("gateway.test")
                .paths("/a")
                .header("X-Version", "2")
                .snis("gateway.test"));
        assertThat(taken(table, complete())).isEqualTo("r");
        assertThat(taken(table, complete().method("PUT"))).isNull();
        assertThat(taken(table, complete().method("get"))).isNull();
        assertThat(taken(table, complete().host("other.test"))).isNull();
        assertThat(taken(table, complete().host(null))).isNull();
        assertThat(taken(table, complete().sni("other.test"))).isNull();
        assertThat(taken(table, get("/b").header("X-Version", "2").sni("gateway.test")))
                .isNull();
        assertThat(taken(table, get("/a").sni("gateway.test"))).isNull();
        assertThat(taken(table, get("/a").header("X-Version", "2").tls())).isNull();
    }

    private static RequestFixture complete() {
        return get("/a").header("X-Version", "2").sni("gateway.test");
    }

    @ParameterizedTest
    @CsvSource({
        "example.com,        example.com,        true",
        "example.com,        EXAMPLE.COM,        true",
        "Example.COM,        example.com,        true",
        "example.com,        example.com.,       true",
        "example.com.,       example.com,        true",
        "example.com,        example.com:8000,   true",
        "example.com,        www.example.com,    false",
        "example.com,        example.com.evil.test, false",
        "example.com:8000,   example.com:8000,   true",
        "example.com:8000,   example.com,        false",
        "example.com:8000,   example.com:8001,   false",
        "example.com:80,     example.com,        true",
        "*.example.com,      www.example.com,    true",
        "*.example.com,      a.b.example.com,    true",
        "*.example.com,      WWW.Example.com.:1, true",
        "*.example.com,      example.com,        false",
        "*.example.com,      wwwexample.com,     false",
        "*.example.com,      www.example.com.evil.test, false",
        "*.example.com:8000, www.example.com:8000, true",
        "*.example.com:8000, www.example.com,    false",
        "example.*,          example.org,        true",
        "example.*,          example.co.uk,      true",
        "example.*,          example,            false",
        "example.*,          www.example.org,    false",
        "example.*:8000,     example.org:8000,   true",
        "example.*:8000,     example.org:80,     false",
        "[::1],              [::1]:8000,         true"
    })
    void aHostMatchesInAnyCaseWithAnyPortAndTrailingDot(String pattern, String host, boolean matches) {
        RouteTable<String> table = table(route("r").hosts("unrelated.test", pattern));
        assertThat(taken(table, get("/").host(host))).isEqualTo(matches ? "r" : null);
    }

    @Test
    void aMissingPortIsTheSchemesDefault() {
        RouteTable<String> table = table(route("r").hosts("example.com:443"));
        assertThat(taken(table, get("/").host("example.com").tls())).isEqualTo("r");
        assertThat(taken(table, get("/").host("example.com"))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/a,        /a,      /a",
        "/a,        /abc,    /a",
        "/a,        /a/b,    /a",
        "/a/,       /a,",
        "/a,        /A,",
        "/%7ea,     /~a/b,   /~a",
        "~/v\\d+,   /v12/x,  /v12",
        "~/v\\d+,   /x/v12,",
        "~/v\\d+$,  /v12/x,",
        "~/(a|b)/,  /b/c,    /b/",
        "~/a|/b,    /b/c,    /b",
        "~/x?,      /y,      /"
    })
    void aPathIsAPrefixOrARegularExpressionAnchoredAtTheStart(String path, String request, @Nullable String matched) {
        RouteMatch<String> match = table(route("r").paths("/unrelated", path)).match(get(request));
        assertThat(match == null ? null : match.matchedPath()).isEqualTo(matched);
    }

    @Test
    void aRouteWithoutPathsMatchesNoPrefix() {
        RouteMatch<String> match = table(route("r").methods("GET")).match(get("/a"));
        assertThat(match).isNotNull().extracting(RouteMatch::matchedPath).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "v1,        v1,     true",
        "v1,        V1,     true",
        "V2,        v2,     true",
        "v1,        v12,    false",
        "~*^v[12]$, v1,     true",
        "~*^v[12]$, V2,     true",
        "~*^V[12]$, v2,     true",
        "~*^v[12]$, v3,     false",
        "~*beta,    v1-beta, true"
    })
    void aHeaderMatchesOneOfItsValuesInAnyCase(String accepted, String value, boolean matches) {
        RouteTable<String> table = table(route("r").header("X-Version", "unrelated", accepted));
        assertThat(taken(table, get("/").header("x-version", "first").header("x-version", value)))
                .isEqualTo(matches ? "r" : null);
    }

    @Test
    void everyHeaderOfARouteMustMatch() {
        RouteTable<String> table = table(route("r").header("X-A", "1").header("X-B", "1"));
        assertThat(taken(table, get("/").header("X-A", "1"))).isNull();
        assertThat(taken(table, get("/").header("X-A", "1").header("X-B", "1"))).isEqualTo("r");
    }

    @Test
    void aServerNameMatchesInAnyCaseWithAnyTrailingDot() {
        RouteTable<String> table = table(route("r").protocols("https").snis("Example.com."));
        assertThat(taken(table, get("/").sni("EXAMPLE.COM"))).isEqualTo("r");
        assertThat(taken(table, get("/").sni("example.com."))).isEqualTo("r");
        assertThat(taken(table, get("/").sni("example.org"))).isNull();
        assertThat(taken(table, get("/").tls())).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "*.example.com, a.example.com,   true",
        "*.example.com, A.B.Example.com., true",
        "*.example.com, example.com,     false",
        "*.example.com, .example.com,    false",
        "*.example.com, aexample.com,    false",
        "*.example.com., a.example.com,  true",
        "example.*,     example.com,     true",
        "example.*,     EXAMPLE.co.uk,   true",
        "example.*,     example.,        false",
        "example.*,     a.example.com,   false",
        "::1,           ::1,             true"
    })
    void aWildcardInAServerNameStandsForLabels(String pattern, String serverName, boolean matches) {
        RouteTable<String> table = table(route("r").snis("other.test", pattern));
        assertThat(taken(table, get("/").sni(serverName))).isEqualTo(matches ? "r" : null);
    }

    /** As in Kong; the rule of the matched route then decides about the request. */
    @ParameterizedTest
    @CsvSource({
        "'http,https', NONE",
        "http,         NONE",
        "https,        HTTPS",
        "grpc,         GRPC",
        "'grpc,grpcs', GRPC",
        "grpcs,        GRPCS"
    })
    void protocolsDoNotDecideWhichRouteMatches(String protocols, ProtocolRule rule) {
        RouteFixture fixture = route("r").protocols(protocols.split(",")).paths("/a/b");
        RouteTable<String> table = table(fixture, route("other").paths("/a"));
        for (RequestFixture request : List.of(get("/a/b"), get("/a/b").tls())) {
            RouteMatch<String> match = Objects.requireNonNull(table.match(request));
            assertThat(match.target()).isEqualTo("r");
            assertThat(ProtocolRule.of(match.route())).isEqualTo(rule);
        }
        assertThat(ProtocolRule.isHttp(fixture.build())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tls", "udp", "tls_passthrough"})
    void aRouteOfConnectionsServesNoRequest(String protocol) {
        assertThat(ProtocolRule.isHttp(
                        route("r").protocols(protocol).snis("a.test").build()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"~/(", "a", "/%zz", "~/((a{1000}){1000}){1000}"})
    void anInvalidRouteFailsTheTable(String path) {
        assertThatThrownBy(() -> table(route("good").paths("/"), route("bad").paths(path)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("route 00000000-0000-0000-0000-000000000001: ");
        assertThatThrownBy(() -> table(route("bad").hosts("*")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("invalid wildcard");
    }

    private static @Nullable String taken(RouteTable<String> table, RouteRequest request) {
        RouteMatch<String> match = table.match(request);
        return match == null ? null : match.target();
    }
}
