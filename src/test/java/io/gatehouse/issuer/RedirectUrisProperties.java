package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.OAuth2Exception;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Where an answer goes, and how (RFC 6749 §3.1.2, §4.1.2, §4.2.2). */
class RedirectUrisProperties {
    @Provide
    Arbitrary<String> uris() {
        Arbitrary<String> word = Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(6);
        return Combinators.combine(
                        Arbitraries.of("http", "https", "app"),
                        word,
                        word,
                        Arbitraries.of("", "?", "?a=1", "?a=1&b=%20"))
                .as((scheme, host, path, query) -> scheme + "://" + host + "/" + path + query);
    }

    private static Client client(List<String> uris) {
        return new Client(
                UUID.randomUUID(), "client", List.of(), true, uris, ClientMetadata.NONE, UUID.randomUUID(), null, null);
    }

    @Property
    void onlyARegisteredUriIsTakenAndToTheLetter(@ForAll("uris") String registered, @ForAll("uris") String asked) {
        Client client = client(List.of(registered));
        assertThat(RedirectUris.choose(client, registered)).isEqualTo(registered);
        Assume.that(!asked.equals(registered));
        assertThatThrownBy(() -> RedirectUris.choose(client, asked)).isInstanceOf(OAuth2Exception.class);
        for (String near : List.of(
                registered + "/",
                registered + "#",
                registered.toUpperCase(Locale.ROOT),
                registered + "?x",
                " " + registered)) {
            assertThatThrownBy(() -> RedirectUris.choose(client, near)).isInstanceOf(OAuth2Exception.class);
        }
    }

    @Property
    void theQueryStaysAndTheParametersFollowIt(@ForAll("uris") String uri, @ForAll String value) {
        Assume.that(StandardCharsets.UTF_8.newEncoder().canEncode(value));
        String sent = RedirectUris.withQuery(uri, Map.of("state", value));

        assertThat(sent).startsWith(uri);
        String query = URI.create(sent).getRawQuery();
        assertThat(query).doesNotContain("?");
        assertThat(lastValue(query)).isEqualTo(value);
    }

    @Property
    void aFragmentTellsTheServerNothing(@ForAll("uris") String uri, @ForAll String value) {
        Assume.that(StandardCharsets.UTF_8.newEncoder().canEncode(value));
        URI sent = URI.create(RedirectUris.withFragment(uri, Map.of("access_token", value)));

        assertThat(sent.getRawQuery()).isEqualTo(URI.create(uri).getRawQuery());
        assertThat(lastValue(sent.getRawFragment())).isEqualTo(value);
    }

    private static String lastValue(String encoded) {
        return URLDecoder.decode(encoded.substring(encoded.lastIndexOf('=') + 1), StandardCharsets.UTF_8);
    }
}
