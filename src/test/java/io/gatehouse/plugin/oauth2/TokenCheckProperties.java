package io.gatehouse.plugin.oauth2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Service;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.OAuth2Error;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** A token passes when each required scope is a whole word of its own: RFC 6749 §3.3, RFC 6750 §3.1. */
class TokenCheckProperties {
    private static final Service SERVICE =
            Service.of(EntitySchemas.SERVICES.check(Map.of("url", "http://127.0.0.1:9000/")));

    /** Words that are parts of each other. */
    @Provide
    Arbitrary<List<String>> scopes() {
        return Arbitraries.of("a", "b", "ab", "aba", "a:b", "b:a")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Property(tries = 2_000)
    void aTokenPassesWithEveryRequiredScopeAndNotWithoutOne(
            @ForAll("scopes") List<String> required, @ForAll("scopes") List<String> granted) {
        TokenCheck check = check(required);

        boolean passes = check.violation(token(String.join(" ", granted), null), SERVICE, null, 1_000) == null;

        assertThat(passes).isEqualTo(granted.containsAll(required));
    }

    /** RFC 6750 §3.1: 403 is for a token that is valid here and lacks a scope. */
    @Example
    void aTokenForAnotherResourceIsInvalidWhateverItsScopes() {
        TokenCheck check = check(List.of("a"));
        for (String scope : List.of("a", "b")) {
            TokenState state = token(scope, "https://a.test/one");
            assertThat(Objects.requireNonNull(check.violation(state, SERVICE, "https://a.test/two", 1_000))
                            .error())
                    .isEqualTo(OAuth2Error.INVALID_TOKEN);
            assertThat(Objects.requireNonNull(check.violation(state, SERVICE, null, 1_000))
                            .error())
                    .isEqualTo(OAuth2Error.INVALID_TOKEN);
        }
        TokenState here = token("b", "https://a.test/one");
        assertThat(Objects.requireNonNull(check.violation(here, SERVICE, "https://a.test/one", 1_000))
                        .error())
                .isEqualTo(OAuth2Error.INSUFFICIENT_SCOPE);
        assertThat(Objects.requireNonNull(check.violation(here, SERVICE, "https://a.test/two", 2_000))
                        .error())
                .isEqualTo(OAuth2Error.INVALID_TOKEN);
        assertThat(check.violation(token("a", "https://a.test/one"), SERVICE, "https://a.test/one", 1_000))
                .isNull();
    }

    private static TokenCheck check(List<String> required) {
        OAuth2Config config = OAuth2Config.of(Plugin.of(EntitySchemas.PLUGINS.check(Map.of(
                "name",
                "oauth2",
                "config",
                Map.of("enable_client_credentials", true, "scopes", required, "required_scopes", required)))));
        return new TokenCheck(config, Challenges.bearer(config));
    }

    private static TokenState token(String scope, @Nullable String resource) {
        UUID id = new UUID(0, 1);
        return new TokenState(id, id, "client", id, "alex", null, SERVICE.id(), null, scope, 1_000, 60, resource, null);
    }
}
