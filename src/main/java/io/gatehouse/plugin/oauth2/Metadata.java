package io.gatehouse.plugin.oauth2;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.AssertionProfile;
import io.gatehouse.oauth.CertificateProfile;
import io.gatehouse.oauth.DpopProfile;
import io.gatehouse.routing.MetadataDocument;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the metadata documents of a route. They list what the plugin's configuration has enabled. */
final class Metadata {
    private final OAuth2Config config;

    Metadata(OAuth2Config config) {
        this.config = config;
    }

    JsonObject of(MetadataDocument document, String issuer, String resource) {
        return switch (document) {
            case AUTHORIZATION_SERVER -> authorizationServer(issuer);
            case PROTECTED_RESOURCE -> protectedResource(issuer, resource);
        };
    }

    /** RFC 8414 §2. */
    private JsonObject authorizationServer(String issuer) {
        JsonObject metadata = new JsonObject().put("issuer", issuer);
        if (config.authorizationEndpoint() != null) {
            metadata.put("authorization_endpoint", config.authorizationEndpoint());
        }
        metadata.put("token_endpoint", issuer + "/oauth2/token");
        if (config.jwtAccessTokens()) {
            metadata.put("jwks_uri", issuer + "/oauth2/jwks");
        }
        putScopes(metadata);
        metadata.put("response_types_supported", responseTypes()).put("grant_types_supported", grantTypes());
        // A public client sends its id alone.
        putAuthentication(metadata, "token_endpoint", confidentialMethods().add("none"));
        if (config.revocation()) {
            metadata.put("revocation_endpoint", issuer + "/oauth2/revoke");
            putAuthentication(
                    metadata, "revocation_endpoint", confidentialMethods().add("none"));
        }
        if (config.introspection()) {
            metadata.put("introspection_endpoint", issuer + "/oauth2/introspect");
            putAuthentication(metadata, "introspection_endpoint", confidentialMethods());
        }
        if (config.deviceAuthorization()) {
            metadata.put("device_authorization_endpoint", issuer + "/oauth2/device_authorization");
        }
        if (config.pushedRequests()) {
            metadata.put("pushed_authorization_request_endpoint", issuer + "/oauth2/par");
        }
        if (config.registration() != null) {
            metadata.put("registration_endpoint", issuer + "/oauth2/register");
        }
        if (config.authorizationCode()) {
            metadata.put("code_challenge_methods_supported", JsonArray.of("S256"));
        }
        putSenderConstraints(metadata);
        if (config.isRfc() && config.issuer() != null) {
            metadata.put("authorization_response_iss_parameter_supported", true);
        }
        putAliases(metadata, issuer);
        return metadata;
    }

    /** RFC 8705 §5: the endpoints where a client presents its certificate. */
    private void putAliases(JsonObject metadata, String issuer) {
        String url = config.mtlsUrl();
        if (!config.mtls() || url == null) {
            return;
        }
        JsonObject aliases = new JsonObject();
        for (String name : metadata.fieldNames()) {
            // The browser of a resource owner has no certificate of the client.
            boolean isAlias = name.endsWith("_endpoint") && !name.equals("authorization_endpoint");
            if (isAlias && metadata.getString(name).startsWith(issuer)) {
                aliases.put(name, url + metadata.getString(name).substring(issuer.length()));
            }
        }
        metadata.put("mtls_endpoint_aliases", aliases);
    }

    /** RFC 9728 §2. */
    private JsonObject protectedResource(String issuer, String resource) {
        JsonObject metadata =
                new JsonObject().put("resource", resource).put("authorization_servers", JsonArray.of(issuer));
        putScopes(metadata);
        putSenderConstraints(metadata);
        return metadata.put(
                "bearer_methods_supported",
                config.isAuthorizationRead() ? JsonArray.of("header", "body", "query") : JsonArray.of("body", "query"));
    }

    private void putScopes(JsonObject metadata) {
        @Nullable Set<String> scopes = config.scopes();
        // RFC 8414 §3.2 and RFC 9728 §3.2 forbid an empty list.
        if (scopes != null && !scopes.isEmpty()) {
            metadata.put(
                    "scopes_supported", new JsonArray(scopes.stream().sorted().toList()));
        }
    }

    /** RFC 9449 §5.1, RFC 8705 §3.3, RFC 9728 §2. */
    private void putSenderConstraints(JsonObject metadata) {
        if (config.dpop()) {
            metadata.put("dpop_signing_alg_values_supported", new JsonArray(DpopProfile.ALGORITHMS));
        }
        if (config.mtls()) {
            metadata.put("tls_client_certificate_bound_access_tokens", true);
        }
    }

    private JsonArray responseTypes() {
        JsonArray types = new JsonArray();
        if (config.authorizationCode()) {
            types.add("code");
        }
        return config.implicitGrant() ? types.add("token") : types;
    }

    private JsonArray grantTypes() {
        JsonArray types = new JsonArray();
        if (config.authorizationCode()) {
            types.add("authorization_code");
        }
        if (config.implicitGrant()) {
            types.add("implicit");
        }
        if (config.clientCredentials()) {
            types.add("client_credentials");
        }
        if (config.passwordGrant()) {
            types.add("password");
        }
        if (config.deviceAuthorization()) {
            types.add("urn:ietf:params:oauth:grant-type:device_code");
        }
        if (config.tokenExchange()) {
            types.add("urn:ietf:params:oauth:grant-type:token-exchange");
        }
        boolean isRefreshable = config.authorizationCode() || config.passwordGrant() || config.deviceAuthorization();
        return isRefreshable && config.tokenExpiration() > 0 ? types.add("refresh_token") : types;
    }

    private void putAuthentication(JsonObject metadata, String endpoint, JsonArray methods) {
        metadata.put(endpoint + "_auth_methods_supported", methods);
        if (config.clientAssertions()) {
            metadata.put(endpoint + "_auth_signing_alg_values_supported", new JsonArray(AssertionProfile.ALGORITHMS));
        }
    }

    private JsonArray confidentialMethods() {
        JsonArray methods = config.isAuthorizationRead()
                ? JsonArray.of("client_secret_basic", "client_secret_post")
                : JsonArray.of("client_secret_post");
        if (config.clientAssertions()) {
            methods.add(AssertionProfile.SECRET_METHOD).add(AssertionProfile.KEY_METHOD);
        }
        if (config.mtls()) {
            methods.add(CertificateProfile.REGISTERED_METHOD);
        }
        return config.mtls() && !config.mtlsAuthorities().isEmpty()
                ? methods.add(CertificateProfile.AUTHORITY_METHOD)
                : methods;
    }
}
