package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which redirect URIs match a registered one (RFC 6749 §3.1.2.3, RFC 8252 §7.3). */
class RedirectUrisTest {
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1/cb, http://127.0.0.1:51004/cb, true",
        "http://127.0.0.1:8080/cb, http://127.0.0.1/cb, true",
        "http://127.0.0.1:8080/cb, http://127.0.0.1:9090/cb, true",
        "http://[::1]/cb, http://[::1]:51004/cb, true",
        "http://127.0.0.1, http://127.0.0.1:1, true",
        "http://127.0.0.1/cb, http://127.0.0.1:51004/cb2, false",
        "http://127.0.0.1/cb, http://127.0.0.1:51004/cb?x=1, false",
        "http://127.0.0.1/cb, https://127.0.0.1:51004/cb, false",
        "http://127.0.0.1/cb, http://127.0.0.1:51004.evil.test/cb, false",
        "http://127.0.0.1/cb, http://127.0.0.1:1@evil.test/cb, false",
        "http://127.0.0.1/cb, http://127.0.0.2:51004/cb, false",
        "http://127.0.0.1/cb, http://[::1]:51004/cb, false",
        "http://localhost/cb, http://localhost:51004/cb, false",
        "https://app.test/cb, https://app.test:8443/cb, false",
        "com.example.app:/cb, com.example.app:/cb, true",
        "com.example.app:/cb, com.example.app:/cb2, false",
    })
    void loopbackPort_isFreeForPublicClients(String registered, String requested, boolean matches) {
        assertThat(RedirectUris.isRegistered(client(false, registered), requested))
                .isEqualTo(matches);
        assertThat(RedirectUris.isRegistered(client(true, registered), requested))
                .isEqualTo(registered.equals(requested));
    }

    /** A client that reads the first of two codes would redeem another one. */
    @ParameterizedTest
    @CsvSource({
        "https://app.test/cb,                        https://app.test/cb?code=new",
        "https://app.test/cb?,                       https://app.test/cb?code=new",
        "https://app.test/cb?a=1,                    https://app.test/cb?a=1&code=new",
        "https://app.test/cb?a=1&,                   https://app.test/cb?a=1&code=new",
        "https://app.test/cb?code=old,               https://app.test/cb?code=new",
        "https://app.test/cb?code=old&a=1&code=x,    https://app.test/cb?a=1&code=new",
        "https://app.test/cb?%63ode=old&a=%20,       https://app.test/cb?a=%20&code=new",
        "https://app.test/cb?code,                   https://app.test/cb?code=new",
        "https://app.test/cb?state=s&decode=1,       https://app.test/cb?decode=1&code=new",
        "https://app.test/cb?error=x&%69ss=y,        https://app.test/cb?code=new",
        "https://app.test/cb?access_token=x&a=1&error_description=y, https://app.test/cb?a=1&code=new"
    })
    void aParameterOfTheResponseReplacesThatOfTheUri(String uri, String expected) {
        assertThat(RedirectUris.withQuery(uri, Map.of("code", "new"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.test/cb,                        https://app.test/cb#access_token=new",
        "https://app.test/cb?code=old&a=1,           https://app.test/cb?a=1#access_token=new",
        "https://app.test/cb?access_token=old,       https://app.test/cb?#access_token=new"
    })
    void aParameterOfTheResponseIsNotInTheQueryBesideTheFragment(String uri, String expected) {
        assertThat(RedirectUris.withFragment(uri, Map.of("access_token", "new")))
                .isEqualTo(expected);
    }

    private static Client client(boolean confidential, String redirectUri) {
        return new Client(
                UUID.randomUUID(),
                "app",
                List.of(),
                confidential,
                List.of(redirectUri),
                ClientMetadata.NONE,
                UUID.randomUUID(),
                null,
                null);
    }
}
