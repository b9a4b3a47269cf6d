package io.gatehouse.plugin.oauth2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Service;
import io.gatehouse.entity.schema.EntitySchemas;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

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
        TokenCheck check = new TokenCheck(OAuth2Config.of(Plugin.of(EntitySchemas.PLUGINS.check(Map.of(
                "name",
                "oauth2",
                "config",
                Map.of("enable_client_credentials", true, "scopes", required, "required_scopes", required))))));

        boolean passes = check.refusal(token(String.join(" ", granted)), SERVICE, 1_000) == null;

        assertThat(passes).isEqualTo(granted.containsAll(required));
    }

    private static TokenState token(String scope) {
        UUID id = new UUID(0, 1);
        return new TokenState(id, id, "client", id, "alex", null, SERVICE.id(), null, scope, 1_000, 60, null);
    }
}
