package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.RandomString;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** OAuth 2.0 clients: {@code /oauth2} and {@code /consumers/{c}/oauth2} (docs/reference/oauth2.md#entities). */
final class OAuth2CredentialsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "oauth2_credentials",
                    "client_id",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            Field.foreign("consumer", "consumers", OnDelete.CASCADE)
                                    .required(),
                            CommonFields.headerText(Field.string("name")).required(),
                            // Upstreams receive it in a header.
                            CommonFields.headerText(Field.string("client_id"))
                                    .lengthAtMost(CommonFields.MAX_KEY_LENGTH)
                                    .unique()
                                    .auto(RandomString::next),
                            CommonFields.literal(Field.string("client_secret"))
                                    .auto(RandomString::next)
                                    .hashedIf("hash_secret"),
                            Field.bool("hash_secret").required().defaultTo(false),
                            Field.array(
                                    "redirect_uris",
                                    Field.element()
                                            .format("redirect-uri")
                                            .check(OAuth2CredentialsSchema::uriViolation)),
                            CommonFields.tags(),
                            Field.string("client_type")
                                    .required()
                                    .oneOf("confidential", "public")
                                    .defaultTo("confidential")),
                    EntityCheck.custom(
                            "private_use_schemes_of_public_clients",
                            OAuth2CredentialsSchema::schemeViolation,
                            "client_type",
                            "redirect_uris"))
            .at("oauth2", "oauth2")
            .outsideCatalog();

    /** A browser runs or opens their content in place of a redirection. */
    private static final Set<String> UNSAFE_SCHEMES = Set.of("javascript", "data", "vbscript", "file", "blob");

    private OAuth2CredentialsSchema() {}

    /** RFC 8252 §7.1: a reversed domain name. */
    private static boolean isPrivateUse(URI uri) {
        return uri.getScheme().indexOf('.') > 0;
    }

    /** RFC 8252 §7.1: a path without an authority. */
    private static boolean isPathAlone(URI uri) {
        return isPrivateUse(uri)
                && uri.getRawAuthority() == null
                && uri.getRawPath() != null
                && uri.getRawPath().startsWith("/");
    }

    /** Another app can register the same scheme, so its client cannot keep a secret. */
    private static @Nullable String schemeViolation(Document credential) {
        if (!"confidential".equals(credential.get("client_type"))) {
            return null;
        }
        return credential.strings("redirect_uris").stream()
                .filter(uri -> isPrivateUse(URI.create(uri)))
                .findFirst()
                .map(uri -> "private-use schemes are for public clients: '" + uri + "'")
                .orElse(null);
    }

    /** A custom scheme may have an authority that is no host for the URI class. A port alone is none. */
    private static boolean hasHost(URI uri) {
        return uri.getRawAuthority() != null && !uri.getRawAuthority().startsWith(":");
    }

    private static @Nullable Object uriViolation(Object value) {
        try {
            URI uri = new URI((String) value);
            boolean isAbsolute = uri.getScheme() != null && (hasHost(uri) || isPathAlone(uri));
            if (!isAbsolute) {
                return "cannot parse '" + value + "'";
            }
            if (UNSAFE_SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
                return "scheme not allowed in '" + value + "'";
            }
            if (uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0) {
                // A reader may take the name before the @ for the host.
                return "user information not allowed in '" + value + "'";
            }
            return uri.getRawFragment() == null ? null : "fragment not allowed in '" + value + "'";
        } catch (URISyntaxException e) {
            return "cannot parse '" + value + "'";
        }
    }
}
