package io.gatehouse.conformance.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.gatehouse.conformance.auth.IdentityProvider;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.UrlEncoded;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An OpenID provider on a real socket that checks tokens and credentials. Each test changes what it responds. */
final class CheckingProvider implements AutoCloseable {
    static final String CLIENT = "the-client";
    static final String SECRET = "a secret of the gateway";

    /** Requests that check something: the form, and what is no field of it by the names {@code authorization} and {@code path}. */
    final List<Map<String, String>> requests = new CopyOnWriteArrayList<>();

    final AtomicInteger metadataReads = new AtomicInteger();
    /** Returns the response to a request; {@code status} of it is the status, 200 without. */
    volatile Function<Map<String, String>, JsonObject> check = request -> new JsonObject().put("status", 404);
    /** Responds in place of {@link #check}. */
    volatile @Nullable Handler<HttpServerRequest> own;
    /** Checks get no response before it completes. */
    volatile Future<Void> gate = Future.succeededFuture();
    /** Adds to the metadata. */
    volatile JsonObject metadata = new JsonObject();

    private final Upstream server = Upstream.start();
    private final RSAKey key;

    CheckingProvider() {
        try {
            key = new RSAKeyGenerator(2_048).keyID("checking").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        server.behave(this::respond);
    }

    String issuer() {
        return "http://127.0.0.1:" + server.port() + "/realm";
    }

    /** Returns the configuration of a plugin with these methods. */
    JsonObject config(String... methods) {
        return new JsonObject()
                .put("issuer", issuer())
                .put("rediscovery_lifetime", 3_600)
                .put("timeout", 5_000)
                .put("auth_methods", List.of(methods))
                .put("client_id", List.of(CLIENT))
                .put("client_secret", List.of(SECRET))
                .put("upstream_headers_claims", List.of("sub"))
                .put("upstream_headers_names", List.of("x-subject"));
    }

    /** Returns the requests that a path has received. */
    List<Map<String, String>> received(String path) {
        return requests.stream()
                .filter(request -> path.equals(request.get("path")))
                .toList();
    }

    /** Returns the claims of a valid token. */
    JsonObject claims() {
        return new JsonObject().put("iss", issuer()).put("sub", "anna").put("exp", now() + 300);
    }

    static long now() {
        return System.currentTimeMillis() / 1_000;
    }

    String sign(JsonObject claims) {
        return IdentityProvider.sign(key, JWSAlgorithm.RS256, claims);
    }

    static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private void respond(HttpServerRequest request) {
        switch (request.path()) {
            case "/realm/.well-known/openid-configuration" -> {
                metadataReads.incrementAndGet();
                json(request, metadata());
            }
            case "/realm/keys" ->
                json(
                        request,
                        new JsonObject()
                                .put(
                                        "keys",
                                        new JsonArray()
                                                .add(new JsonObject(
                                                        key.toPublicJWK().toJSONString()))));
            default -> request.body().onSuccess(body -> check(request, body.toString(StandardCharsets.ISO_8859_1)));
        }
    }

    private JsonObject metadata() {
        return new JsonObject()
                .put("issuer", issuer())
                .put("jwks_uri", issuer() + "/keys")
                .put("token_endpoint", issuer() + "/token")
                .put("introspection_endpoint", issuer() + "/introspect")
                .put("userinfo_endpoint", issuer() + "/userinfo")
                .mergeIn(metadata);
    }

    private void check(HttpServerRequest request, String body) {
        Map<String, String> form = new LinkedHashMap<>();
        for (FormPair pair : UrlEncoded.parse(body).orElseThrow()) {
            form.merge(pair.name(), pair.value(), (first, second) -> first + " and " + second);
        }
        String authorization = request.getHeader("Authorization");
        if (authorization != null) {
            form.put("authorization", authorization);
        }
        form.put("path", request.path().substring("/realm".length()));
        requests.add(form);
        Handler<HttpServerRequest> other = own;
        if (other != null) {
            other.handle(request);
        } else {
            gate.onSuccess(open -> json(request, check.apply(form)));
        }
    }

    private static void json(HttpServerRequest request, JsonObject body) {
        request.response()
                .setStatusCode(body.getInteger("status", 200))
                .putHeader("Content-Type", "application/json")
                .end(body.encode());
    }

    @Override
    public void close() {
        server.close();
    }
}
