package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The Basic header (RFC 7617, docs/reference/oauth2.md#token-endpoint). */
class ClientCredentialsProperties {
    @Provide
    Arbitrary<String> clientIds() {
        return Arbitraries.strings()
                .withCharRange('!', '~')
                .excludeChars(':')
                .ofMinLength(1)
                .ofMaxLength(40);
    }

    @Provide
    Arbitrary<String> secrets() {
        return Arbitraries.strings()
                .withCharRange('!', '~')
                .withChars("äß€:")
                .ofMinLength(1)
                .ofMaxLength(40);
    }

    private static String basic(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Property
    void headerAsSent_isRead(
            @ForAll("clientIds") String clientId, @ForAll("secrets") String secret, @ForAll("schemes") String scheme) {
        ClientCredentials read = ClientCredentials.of(Map.of(), scheme + basic(clientId + ":" + secret), false);

        assertThat(read.clientId()).isEqualTo(clientId);
        assertThat(read.secret()).isEqualTo(secret);
        assertThat(read.fromHeader()).isTrue();
        assertThat(read.secretsOf(clientId)).startsWith(secret);
    }

    @Provide
    Arbitrary<String> schemes() {
        return Arbitraries.of("Basic ", "basic ", "BASIC ", "Basic  ");
    }

    @Property
    void headerThatIsFormEncoded_isReadBack(@ForAll("clientIds") String clientId, @ForAll("secrets") String secret) {
        ClientCredentials read =
                ClientCredentials.of(Map.of(), "Basic " + basic(encoded(clientId) + ":" + encoded(secret)), false);

        String registered =
                read.decoded() == null ? read.clientId() : read.decoded().clientId();
        assertThat(registered).isEqualTo(clientId);
        assertThat(read.secretsOf(clientId)).contains(secret);
    }

    @Provide
    Arbitrary<String> clientIdsWithPercent() {
        return Combinators.combine(clientIds(), clientIds()).as((left, right) -> left + "%" + right);
    }

    @Property
    void secretOfClientThatIsRegisteredAsSent_isNotDecoded(@ForAll("clientIdsWithPercent") String clientId) {
        ClientCredentials read = ClientCredentials.of(Map.of(), "Basic " + basic(clientId + ":a%41"), false);

        boolean isIdAmbiguous =
                read.decoded() != null && read.decoded().clientId().equals(clientId);
        assertThat(read.secretsOf(clientId)).isEqualTo(isIdAmbiguous ? List.of("a%41", "aA") : List.of("a%41"));
    }

    @Property
    void withoutAColonThereIsNoSecret(@ForAll("clientIds") String clientId) {
        ClientCredentials read = ClientCredentials.of(Map.of(), "Basic " + basic(clientId), false);
        assertThat(read.clientId()).isEqualTo(clientId);
        assertThat(read.secret()).isNull();
    }

    @Property
    void bodyAlone_isReadAsSent(@ForAll("clientIds") String clientId, @ForAll("secrets") String secret) {
        assertThat(ClientCredentials.of(Map.of("client_id", clientId, "client_secret", secret), null, true))
                .isEqualTo(new ClientCredentials(clientId, secret, null, false, null));
    }

    @Property
    void bothPlaces_areRefused_whenTheyDifferOrTheRfcCounts(
            @ForAll("clientIds") String clientId, @ForAll("secrets") String secret, @ForAll("secrets") String other) {
        Assume.that(!secret.equals(other));
        String header = "Basic " + basic(clientId + ":" + secret);
        assertThatThrownBy(() -> ClientCredentials.of(
                        Map.of("client_id", clientId, "client_secret", "x" + other),
                        header.replace("Basic", "basic"),
                        false))
                .hasMessage("invalid_request: Client credentials given more than once");
        assertThatThrownBy(() ->
                        ClientCredentials.of(Map.of("client_id", clientId, "client_secret", secret), header, true))
                .hasMessage("invalid_request: Client credentials given more than once");
        assertThat(ClientCredentials.of(Map.of("client_id", clientId, "client_secret", secret), header, false)
                        .clientId())
                .isEqualTo(clientId);
    }

    @Property
    void anyHeader_isAnAttemptToAuthenticate(@ForAll String header) {
        ClientCredentials read = ClientCredentials.of(Map.of(), header, false);

        assertThat(read.fromHeader()).isEqualTo(!header.isBlank());
    }

    @Property
    void noPartOfASecretIsInWhatIsPrinted(@ForAll("clientIds") String clientId, @ForAll("secrets") String secret) {
        assertThat(ClientCredentials.of(Map.of(), "Basic " + basic(clientId + ":" + secret), false))
                .hasToString("ClientCredentials[" + clientId + "]");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
