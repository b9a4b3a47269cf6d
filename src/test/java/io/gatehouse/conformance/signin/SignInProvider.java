package io.gatehouse.conformance.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.gatehouse.conformance.auth.IdentityProvider;
import io.gatehouse.schema.RandomString;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.UrlEncoded;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An OpenID provider on a real socket, whose user signs in without a form. Each test changes what it responds. */
final class SignInProvider implements AutoCloseable {
    static final String CLIENT = "the-client";
    static final String SECRET = "a secret of 32 characters or more";

    /** Requests of the token endpoint: the form, and the header in the place of the name {@code authorization}. */
    final List<Map<String, String>> tokenRequests = new CopyOnWriteArrayList<>();

    final AtomicInteger refreshes = new AtomicInteger();
    /** Changes the claims of the next ID tokens. */
    volatile Consumer<JsonObject> idClaims = claims -> {};
    /** Changes the next token responses. */
    volatile Consumer<JsonObject> tokenResponse = response -> {};

    volatile @Nullable Handler<HttpServerRequest> tokenEndpoint;
    /** Token requests get no response before it completes. */
    volatile Future<Void> tokenGate = Future.succeededFuture();
    /** Token requests that have arrived, also those without a response. */
    final AtomicInteger tokenArrivals = new AtomicInteger();

    volatile long accessSeconds = 300;
    volatile @Nullable String issParameter;

    private final Upstream server = Upstream.start();
    private final RSAKey key;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final Set<String> refreshTokens = ConcurrentHashMap.newKeySet();

    SignInProvider() {
        try {
            key = new RSAKeyGenerator(2_048).keyID("sign-in").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        server.behave(this::respond);
    }

    String issuer() {
        return "http://127.0.0.1:" + server.port() + "/realm";
    }

    /** Returns the configuration of a plugin with browser sign-in. */
    JsonObject config() {
        return new JsonObject()
                .put("issuer", issuer())
                .put("rediscovery_lifetime", 3_600)
                .put("timeout", 2_000)
                .put("auth_methods", List.of("bearer", "session", "authorization_code"))
                .put("client_id", List.of(CLIENT))
                .put("client_secret", List.of(SECRET));
    }

    String sign(JsonObject claims, @Nullable String type) {
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID());
        if (type != null) {
            header.type(new JOSEObjectType(type));
        }
        return IdentityProvider.sign(key, header.build(), claims);
    }

    private void respond(HttpServerRequest request) {
        switch (request.path()) {
            case "/realm/.well-known/openid-configuration" -> json(request, 200, metadata());
            case "/realm/keys" ->
                json(
                        request,
                        200,
                        new JsonObject()
                                .put(
                                        "keys",
                                        new JsonArray()
                                                .add(new JsonObject(
                                                        key.toPublicJWK().toJSONString()))));
            case "/realm/authorize" -> authorize(request);
            case "/realm/token" -> {
                Handler<HttpServerRequest> own = tokenEndpoint;
                if (own != null) {
                    own.handle(request);
                } else {
                    tokenArrivals.incrementAndGet();
                    Future<Void> gate = tokenGate;
                    request.body().onSuccess(body -> gate.onSuccess(open -> token(request, body)));
                }
            }
            default -> request.response().setStatusCode(404).end();
        }
    }

    private JsonObject metadata() {
        return new JsonObject()
                .put("issuer", issuer())
                .put("jwks_uri", issuer() + "/keys")
                .put("authorization_endpoint", issuer() + "/authorize")
                .put("token_endpoint", issuer() + "/token")
                .put("end_session_endpoint", issuer() + "/logout");
    }

    private static void json(HttpServerRequest request, int status, JsonObject body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body.encode());
    }

    private void authorize(HttpServerRequest request) {
        Map<String, String> parameters = form(request.query());
        String code = RandomString.next();
        codes.put(code, parameters);
        String issuer = issParameter;
        String location = parameters.get("redirect_uri") + "?code=" + code + "&state=" + parameters.get("state")
                + (issuer == null ? "" : "&iss=" + URLEncoder.encode(issuer, StandardCharsets.UTF_8));
        request.response().setStatusCode(302).putHeader("Location", location).end();
    }

    private static Map<String, String> form(@Nullable String octets) {
        return UrlEncoded.parse(octets == null ? "" : octets).orElseThrow().stream()
                .collect(Collectors.toMap(FormPair::name, FormPair::value, (first, second) -> second));
    }

    private void token(HttpServerRequest request, Buffer body) {
        Map<String, String> form = form(body.toString(StandardCharsets.ISO_8859_1));
        String authorization = request.getHeader("Authorization");
        if (authorization != null) {
            form.put("authorization", authorization);
        }
        tokenRequests.add(form);
        if ("refresh_token".equals(form.get("grant_type"))) {
            refreshes.incrementAndGet();
            if (!refreshTokens.remove(String.valueOf(form.get("refresh_token")))) {
                json(request, 400, new JsonObject().put("error", "invalid_grant"));
                return;
            }
            json(request, 200, tokens(null));
            return;
        }
        Map<String, String> granted = codes.remove(String.valueOf(form.get("code")));
        if (granted == null
                || !Objects.equals(granted.get("redirect_uri"), form.get("redirect_uri"))
                || !Objects.equals(granted.get("code_challenge"), challenge(form.get("code_verifier")))) {
            json(request, 400, new JsonObject().put("error", "invalid_grant"));
            return;
        }
        json(request, 200, tokens(granted.get("nonce")));
    }

    private static @Nullable String challenge(@Nullable String verifier) {
        return verifier == null ? null : base64(sha256(verifier));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Issues a refresh token, which is valid once. */
    String refreshToken() {
        String token = RandomString.next();
        refreshTokens.add(token);
        return token;
    }

    private JsonObject tokens(@Nullable String nonce) {
        long now = System.currentTimeMillis() / 1_000;
        String access = "opaque-" + RandomString.next();
        JsonObject claims = new JsonObject()
                .put("iss", issuer())
                .put("sub", "anna")
                .put("sid", "session-of-anna")
                .put("aud", CLIENT)
                .put("iat", now)
                .put("exp", now + 300)
                .put("at_hash", base64(Arrays.copyOf(sha256(access), 16)));
        if (nonce != null) {
            claims.put("nonce", nonce);
        }
        idClaims.accept(claims);
        JsonObject response = new JsonObject()
                .put("access_token", access)
                .put("token_type", "Bearer")
                .put("expires_in", accessSeconds)
                .put("refresh_token", refreshToken())
                .put("scope", "openid")
                .put("id_token", sign(claims, null));
        tokenResponse.accept(response);
        return response;
    }

    /** Returns the claims of a valid logout token without {@code sid} and {@code sub}. */
    JsonObject logoutClaims() {
        long now = System.currentTimeMillis() / 1_000;
        return new JsonObject()
                .put("iss", issuer())
                .put("aud", CLIENT)
                .put("iat", now)
                .put("exp", now + 120)
                .put("jti", RandomString.next())
                .put(
                        "events",
                        new JsonObject().put("http://schemas.openid.net/event/backchannel-logout", new JsonObject()));
    }

    @Override
    public void close() {
        server.close();
    }
}
