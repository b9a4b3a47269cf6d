package io.gatehouse.issuer.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.oauth.OAuth2Exception;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The {@code scope} parameter (RFC 6749 §3.3, docs/reference/oauth2.md#scope). */
class RequestedScopeProperties {
    @Provide
    Arbitrary<List<String>> scopes() {
        return Arbitraries.strings()
                .withCharRange('!', '~')
                .excludeChars('"', '\\')
                .ofMinLength(1)
                .ofMaxLength(10)
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    private static IssuerRequest asking(List<String> configured, Object scope) {
        return Configs.request(Map.of("scopes", configured), Map.of("scope", scope));
    }

    @Property(tries = 300)
    void everyScopeOfThePluginIsGivenInTheOrderAskedFor(@ForAll("scopes") List<String> configured) {
        assertThat(RequestedScope.check(asking(configured, String.join(" ", configured))))
                .isEqualTo(String.join(" ", configured));
        assertThat(RequestedScope.check(asking(configured, "  " + String.join("   ", configured) + " ")))
                .isEqualTo(String.join(" ", configured));
    }

    @Property(tries = 300)
    void oneScopeThatIsNotThePluginsSpoilsTheRequest(
            @ForAll("scopes") List<String> configured, @ForAll("scopes") List<String> others) {
        String stranger = others.get(0);
        Assume.that(!configured.contains(stranger));
        assertThatThrownBy(
                        () -> RequestedScope.check(asking(configured, String.join(" ", configured) + " " + stranger)))
                .isInstanceOf(OAuth2Exception.class)
                .hasMessage("invalid_scope: \"" + stranger + "\" is an invalid scope");
    }

    @Property(tries = 300)
    void whateverIsGivenIsThePlugins(@ForAll("scopes") List<String> configured, @ForAll String asked) {
        String given;
        try {
            given = RequestedScope.check(asking(configured, asked));
        } catch (OAuth2Exception refused) {
            return;
        }
        assertThat(given == null ? List.of() : List.of(given.split(" "))).allMatch(configured::contains);
    }

    @Property(tries = 100)
    void aScopeThatIsNoStringIsRefused(@ForAll @Size(max = 3) List<Integer> scope) {
        assertThatThrownBy(() -> RequestedScope.check(asking(List.of("email"), scope)))
                .hasMessage("invalid_scope: scope must be a string");
    }
}
