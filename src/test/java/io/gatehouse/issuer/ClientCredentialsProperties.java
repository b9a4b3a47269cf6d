package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
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
    void whatAClientPutsInIsReadBack(
            @ForAll("clientIds") String clientId, @ForAll("secrets") String secret, @ForAll("schemes") String scheme) {
        ClientCredentials read = ClientCredentials.of(Map.of(), scheme + basic(clientId + ":" + secret));

        assertThat(read).isEqualTo(new ClientCredentials(clientId, secret, true));
    }

    @Provide
    Arbitrary<String> schemes() {
        return Arbitraries.of("Basic ", "basic ", "BASIC ", "Basic  ");
    }

    @Property
    void withoutAColonThereIsNoSecret(@ForAll("clientIds") String clientId) {
        assertThat(ClientCredentials.of(Map.of(), "Basic " + basic(clientId)))
                .isEqualTo(new ClientCredentials(clientId, null, true));
    }

    @Property
    void parametersWinOverTheHeaderWhenBothAreThere(
            @ForAll("clientIds") String clientId, @ForAll("secrets") String secret, @ForAll String header) {
        assertThat(ClientCredentials.of(Map.of("client_id", clientId, "client_secret", secret), "Basic " + header))
                .isEqualTo(new ClientCredentials(clientId, secret, false));
    }

    @Property
    void anyHeaderIsReadOrLeftAlone(@ForAll String header) {
        ClientCredentials read = ClientCredentials.of(Map.of(), header);

        assertThat(read.fromHeader()).isEqualTo(read.clientId() != null);
    }

    @Property
    void noPartOfASecretIsInWhatIsPrinted(@ForAll("clientIds") String clientId, @ForAll("secrets") String secret) {
        assertThat(new ClientCredentials(clientId, secret, true)).hasToString("ClientCredentials[" + clientId + "]");
    }
}
