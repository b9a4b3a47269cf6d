package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.issuer.grant.Configs;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.Json;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the metadata of a registration (RFC 7591 §2), and what it costs before it is refused (§5). */
class RequestedClientTest {
    /** As many elements as a body of 64 KiB can have. */
    private static List<Object> unreadable() {
        return new AbstractList<>() {
            @Override
            public Object get(int index) {
                throw new AssertionError("an element is read");
            }

            @Override
            public int size() {
                return 10_000;
            }
        };
    }

    /** RFC 7592 §2.2. */
    @Test
    void emptyText_countsAsOmitted() {
        Map<String, Object> members = Map.of(
                "client_name",
                "",
                "jwks_uri",
                "",
                "token_endpoint_auth_method",
                "",
                "tls_client_auth_san_dns",
                "",
                "redirect_uris",
                List.of("https://app.example/callback"));

        RequestedClient requested = new RequestedClient(members, Configs.of(Map.of()));

        assertThat(requested.method()).isEqualTo("client_secret_basic");
        Document credential = requested.registered("partners").credential();
        assertThat(credential.string("name")).isEqualTo("registered client");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grant_types", "response_types", "redirect_uris"})
    void longArray_isRefusedUnread(String member) {
        OAuth2Config config = Configs.of(Map.of());
        Map<String, Object> members = Map.of(member, unreadable());

        assertThatThrownBy(() -> new RequestedClient(members, config)).isInstanceOf(OAuth2Exception.class);
    }

    /** A browser normalises the address, and a comparison of texts would not (RFC 3986 §7.4). */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, true",
        "192.0.2.1:8443, true",
        "[2001:db8::1], true",
        "[2001:DB8::1], true",
        "1.example, true",
        "0x.example, true",
        "192.0.2.01, false",
        "192.0.2.0x1, false",
        "192.0.513, false",
        "0300.0.2.1, false",
        "0xC0000201, false",
        "3221225985, false",
        "192.0.2.256, false",
        "name.1, false",
        "[2001:db8:0::1], false",
        "[2001:0db8::1], false",
        "[2001:db8::192.0.2.1], false"
    })
    void addressInARedirectUri_isInItsNormalForm(String authority, boolean isRegistered) {
        OAuth2Config config = Configs.of(Map.of());
        Map<String, Object> members = Map.of("redirect_uris", List.of("https://" + authority + "/callback"));

        if (isRegistered) {
            Document credential =
                    new RequestedClient(members, config).registered("partners").credential();
            assertThat(credential.strings("redirect_uris")).hasSize(1);
        } else {
            assertThatThrownBy(() -> new RequestedClient(members, config))
                    .isInstanceOf(OAuth2Exception.class)
                    .hasMessageContaining("Invalid redirect_uris");
        }
    }

    /** The set is written as text before it is checked. */
    @Test
    void keyWithANumberThatNoDoubleHolds_isRefused() {
        String body = "{\"redirect_uris\":[\"https://app.example/callback\"],"
                + "\"jwks\":{\"keys\":[{\"kty\":\"RSA\",\"n\":1e999,\"e\":\"AQAB\"}]}}";
        RequestedClient requested = new RequestedClient(Json.object(body).orElseThrow(), Configs.of(Map.of()));

        assertThatThrownBy(() -> requested.registered("partners"))
                .isInstanceOf(OAuth2Exception.class)
                .hasMessageContaining("Invalid jwks");
    }

    /** It would send its secret in Authorization, which is not read there. */
    @Test
    void clientWithoutAMethod_sendsItsSecretInTheBody_ifThePluginReadsAnotherHeader() {
        OAuth2Config config = Configs.of(Map.of("auth_header_name", "x-auth"));
        List<String> uris = List.of("https://app.example/callback");

        assertThat(new RequestedClient(Map.of("redirect_uris", uris), config).method())
                .isEqualTo("client_secret_post");
        Map<String, Object> basic = Map.of("redirect_uris", uris, "token_endpoint_auth_method", "client_secret_basic");
        assertThatThrownBy(() -> new RequestedClient(basic, config))
                .isInstanceOf(OAuth2Exception.class)
                .hasMessageContaining("Invalid token_endpoint_auth_method");
    }

    /** A page that shows the name would show the text behind it in another order. */
    @ParameterizedTest
    @ValueSource(strings = {"An app\u202E", "\u2067An app\u2069"})
    void nameThatReordersAPage_isRefused(String name) {
        Map<String, Object> members =
                Map.of("client_name", name, "redirect_uris", List.of("https://app.example/callback"));
        RequestedClient requested = new RequestedClient(members, Configs.of(Map.of()));

        assertThatThrownBy(() -> requested.registered("partners"))
                .isInstanceOf(OAuth2Exception.class)
                .hasMessageContaining("Invalid client_name");
    }
}
