package io.gatehouse.issuer.grant;

import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Plugin configurations as the schema completes them. */
public final class Configs {
    private Configs() {}

    /** A token request through a plugin with this configuration. */
    static IssuerRequest request(Map<String, ?> config, Map<String, Object> parameters) {
        return request(config, parameters, null);
    }

    /** Likewise, which the proxy began at a time. */
    static IssuerRequest request(Map<String, ?> config, Map<String, Object> parameters, @Nullable Long attemptedAt) {
        return new IssuerRequest(
                of(config),
                new OAuth2Request(
                        OAuth2Request.Endpoint.TOKEN,
                        UUID.randomUUID(),
                        null,
                        null,
                        new LinkedHashMap<>(parameters),
                        null,
                        "192.0.2.1",
                        null,
                        null,
                        null,
                        null,
                        attemptedAt));
    }

    public static OAuth2Config of(Map<String, ?> given) {
        Map<String, @Nullable Object> config = new LinkedHashMap<>(given);
        config.put("enable_authorization_code", true);
        Document plugin = EntitySchemas.PLUGINS.check(Map.of("name", "oauth2", "config", config));
        return OAuth2Config.of(
                new Plugin(UUID.randomUUID(), "oauth2", plugin.record("config"), null, null, null, Set.of(), true));
    }
}
