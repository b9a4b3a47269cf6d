package io.gatehouse.issuer;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.AssertionProfile;
import io.gatehouse.oauth.CertificateProfile;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.SchemaViolation;
import io.gatehouse.store.entity.RegistrationStore.Registered;
import io.gatehouse.syntax.CertificateName;
import io.gatehouse.syntax.IpRange;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.JsonWebKeySet;
import io.gatehouse.syntax.RequestTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the metadata with which a client asks to be registered (RFC 7591 §2). Members that the gateway does not use are ignored.
 *
 * <p><i>Invariant</i>: such a client has no grant without a resource owner. With one, the initial access token would give access
 * to the API.
 */
final class RequestedClient {
    static final String METHOD = "token_endpoint_auth_method";
    static final String GRANTS = "grant_types";
    static final String CODE = "authorization_code";
    static final String DPOP = "dpop_bound_access_tokens";
    static final String CERTIFICATE = "tls_client_certificate_bound_access_tokens";
    static final String PUBLIC = "none";
    static final String REDIRECT_URIS = "redirect_uris";

    private static final String DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
    private static final String REFRESH = "refresh_token";
    private static final String BASIC = "client_secret_basic";
    private static final String POST = "client_secret_post";
    /** Elements of an array: none of the others may have as many as {@code redirect_uris}. */
    private static final int MAX_ELEMENTS = 20;
    /** Characters of a redirect URI, and of a name. */
    private static final int MAX_LENGTH = 2_048;
    /** A host that browsers read as an IPv4 address (WHATWG URL §3.5). */
    private static final Pattern NUMBER_AT_END = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

    /** Characters after which a page shows text in another order (UAX #9 §2). */
    private static final Pattern REORDERING = Pattern.compile("[\\u202A-\\u202E\\u2066-\\u2069]");

    private final Map<String, @Nullable Object> members;
    private final OAuth2Config config;
    private final String method;
    private final List<String> grants;
    private final List<String> redirectUris;

    /** Reads the members of the request's JSON object; throws {@link OAuth2Exception}. */
    RequestedClient(Map<String, @Nullable Object> members, OAuth2Config config) {
        this.members = members;
        this.config = config;
        this.method = Objects.requireNonNullElse(text(METHOD), config.isAuthorizationRead() ? BASIC : POST);
        if (!methods().contains(method)) {
            throw invalid(METHOD);
        }
        List<String> grantTypes = texts(GRANTS);
        this.grants = grantTypes == null ? List.of(CODE) : grantTypes;
        if (grants.isEmpty() || !available().containsAll(grants)) {
            throw invalid(GRANTS);
        }
        List<String> responseTypes = texts("response_types");
        if (responseTypes != null && !responseTypes.equals(responseTypes(grants))) {
            throw invalid("response_types");
        }
        List<String> uris = texts(REDIRECT_URIS);
        this.redirectUris = uris == null ? List.of() : uris;
        boolean isRefused = redirectUris.stream()
                .anyMatch(uri -> uri.length() > MAX_LENGTH
                        || !isNormal(uri)
                        || (config.isRfc() && RedirectUris.isClearText(uri)));
        if (isRefused || (grants.contains(CODE) && redirectUris.isEmpty())) {
            throw invalidRedirectUris();
        }
        if (text("jwks_uri") != null) {
            throw invalid("jwks_uri");
        }
    }

    /**
     * Whether an http or https URI is in its normal form (RFC 3986 §6.2.2), apart from case, a default port and an empty path. Others have
     * none here.
     *
     * <p><i>Why</i>: a browser may take another spelling for the URI of another application.
     */
    private static boolean isNormal(String uri) {
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon);
        if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            return true;
        }
        RequestTarget target = RequestTarget.parse(uri);
        if (target == null
                || target.authority() == null
                || !isNormalHost(target.authority().host())) {
            return false;
        }
        String origin = scheme + "://" + target.authority();
        String rest = target.path() + (target.query() == null ? "" : "?" + target.query());
        return uri.equalsIgnoreCase(origin + rest)
                || (target.path().equals("/") && uri.equalsIgnoreCase(origin + rest.substring(1)));
    }

    /** Whether a host in lower case is a name, or an address in the one form that browsers write: they read 0300.0.2.1 as 192.0.2.1. */
    private static boolean isNormalHost(String host) {
        if (host.startsWith("[")) {
            String address = host.substring(1, host.length() - 1);
            return address.equals(IpRange.normal(address));
        }
        return !NUMBER_AT_END.matcher(host).matches() || host.equals(IpRange.normal(host));
    }

    private List<String> methods() {
        List<String> methods = new ArrayList<>(List.of(PUBLIC, POST));
        // The secret is read from auth_header_name, and a client sends it in the header of RFC 7617.
        if (config.isAuthorizationRead()) {
            methods.add(BASIC);
        }
        if (config.clientAssertions()) {
            methods.add(AssertionProfile.KEY_METHOD);
        }
        if (config.mtls()) {
            methods.add(CertificateProfile.REGISTERED_METHOD);
        }
        if (config.mtls() && !config.mtlsAuthorities().isEmpty()) {
            methods.add(CertificateProfile.AUTHORITY_METHOD);
        }
        return methods;
    }

    private List<String> available() {
        List<String> available = new ArrayList<>(List.of(REFRESH));
        if (config.authorizationCode()) {
            available.add(CODE);
        }
        if (config.deviceAuthorization()) {
            available.add(DEVICE);
        }
        return available;
    }

    /** The {@code response_types} that belong to grants (RFC 7591 §2.1). */
    static List<String> responseTypes(List<String> grants) {
        return grants.contains(CODE) ? List.of("code") : List.of();
    }

    /** Whether the client authenticates by the secret that its registration generates. */
    boolean hasSecret() {
        return method.equals(BASIC) || method.equals(POST);
    }

    String method() {
        return method;
    }

    /**
     * The application and its metadata with new ids and a new secret, which is in clear; throws {@link OAuth2Exception}.
     *
     * @param consumer the Consumer that gets the application, by its id or username
     */
    Registered registered(String consumer) {
        Document credential = credential(consumer);
        return new Registered(credential, metadata(credential.id()));
    }

    private Document credential(String consumer) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        String name = text("client_name");
        if (name != null && REORDERING.matcher(name).find()) {
            throw invalid("client_name");
        }
        given.put("consumer", Map.of(isId(consumer) ? "id" : "username", consumer));
        given.put("name", name == null ? "registered client" : name);
        given.put(REDIRECT_URIS, redirectUris);
        given.put("client_type", method.equals(PUBLIC) ? "public" : "confidential");
        given.put("hash_secret", true);
        given.put("tags", List.of(ClientMetadata.REGISTERED));
        try {
            return EntitySchemas.OAUTH2_CREDENTIALS.check(given);
        } catch (SchemaViolation violation) {
            throw violation.fields().containsKey("name") ? invalid("client_name") : invalidRedirectUris();
        }
    }

    private static boolean isId(String consumer) {
        try {
            return consumer.length() == 36
                    && consumer.equals(UUID.fromString(consumer).toString());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Document metadata(UUID credentialId) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        given.put("credential", Map.of("id", credentialId.toString()));
        given.put(METHOD, method.equals(PUBLIC) ? null : method);
        given.put(GRANTS, grants);
        given.put("jwks", jwks());
        given.put(DPOP, flag(DPOP, config.dpop()));
        given.put(CERTIFICATE, flag(CERTIFICATE, config.mtls()));
        for (CertificateName.Kind kind : CertificateName.Kind.values()) {
            given.put(kind.field(), text(kind.field()));
        }
        given.put("tags", List.of(ClientMetadata.REGISTERED));
        try {
            return EntitySchemas.OAUTH2_METADATA.check(given);
        } catch (SchemaViolation violation) {
            throw invalid(violation.fields().keySet().stream()
                    .filter(name -> !name.equals(SchemaViolation.ENTITY))
                    .findFirst()
                    .orElse(METHOD));
        }
    }

    /** A set with certificates is for the method that compares them. For the others, a parser that resolves host names would read them. */
    private @Nullable String jwks() {
        Object jwks = members.get("jwks");
        if (jwks == null) {
            return null;
        }
        String text = Json.write(jwks);
        boolean mayHaveCertificates = method.equals(CertificateProfile.REGISTERED_METHOD);
        if (!mayHaveCertificates && !JsonWebKeySet.certificates(text).isEmpty()) {
            throw invalid("jwks");
        }
        return text;
    }

    /** A flag that the plugin does not support is refused: the client relies on it. */
    private boolean flag(String name, boolean isSupported) {
        Object value = members.get(name);
        if (value == null) {
            return false;
        }
        if (!(value instanceof Boolean flag) || (flag && !isSupported)) {
            throw invalid(name);
        }
        return flag;
    }

    /** A text; null: the member is absent, null or empty, which are the same (RFC 7592 §2.2). */
    private @Nullable String text(String name) {
        Object value = members.get(name);
        if (value == null || value.equals("")) {
            return null;
        }
        if (value instanceof String text && !text.isBlank() && text.length() <= MAX_LENGTH) {
            return text;
        }
        throw invalid(name);
    }

    /** An array of different texts; null: the member is absent, or null. */
    private @Nullable List<String> texts(String name) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        // Each is compared with those before it.
        if (!(value instanceof List<?> list) || list.size() > MAX_ELEMENTS) {
            throw invalidElement(name);
        }
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof String text) || texts.contains(text)) {
                throw invalidElement(name);
            }
            texts.add(text);
        }
        return texts;
    }

    private static OAuth2Exception invalidElement(String name) {
        return name.equals(REDIRECT_URIS) ? invalidRedirectUris() : invalid(name);
    }

    private static OAuth2Exception invalidRedirectUris() {
        return OAuth2Error.INVALID_REDIRECT_URI.because("Invalid redirect_uris");
    }

    /** The error of a member, which is one that the gateway knows. */
    static OAuth2Exception invalid(String member) {
        return OAuth2Error.INVALID_CLIENT_METADATA.because("Invalid " + member);
    }
}
