package io.gatehouse.entity;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Issued tokens: {@code /oauth2_tokens} (contract/oauth2.md §2), to import, inspect and revoke them. */
final class OAuth2TokensSchema {
    private static final long MAX_TTL = 100_000_000L;

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "oauth2_tokens",
                    "access_token",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            Field.foreign("service", "services", Field.OnDelete.CASCADE),
                            Field.foreign("credential", "oauth2_credentials", Field.OnDelete.CASCADE)
                                    .required(),
                            Field.string("token_type")
                                    .required()
                                    .oneOf("bearer")
                                    .defaultTo("bearer"),
                            Field.integer("expires_in").required().between(0, Integer.MAX_VALUE),
                            Field.string("access_token")
                                    .lengthAtLeast(1)
                                    .unique()
                                    .digested()
                                    .auto(RandomString::next),
                            Field.string("refresh_token")
                                    .lengthAtLeast(1)
                                    .unique()
                                    .digested(),
                            Field.string("authenticated_userid"),
                            Field.string("scope"),
                            Field.integer("ttl").between(0, MAX_TTL).writeOnly(),
                            Field.integer("delete_at").hidden()))
            .expandedBy(OAuth2TokensSchema::expandTtl)
            .outsideCatalog();

    private OAuth2TokensSchema() {}

    /** {@code ttl}, counted from now, says when the row goes; 0 keeps it. */
    private static Map<String, @Nullable Object> expandTtl(Map<String, @Nullable Object> given) {
        if (!(given.get("ttl") instanceof Number ttl) || ttl.longValue() <= 0 || ttl.longValue() > MAX_TTL) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        expanded.put("delete_at", System.currentTimeMillis() / 1000 + ttl.longValue());
        return expanded;
    }
}
