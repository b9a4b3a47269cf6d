package bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

/** An OpenID provider in this process: it publishes one RSA key of 2,048 bits, signs tokens and introspects any text as a valid one. */
final class Issuer {
    private static final long LIFE_SECONDS = 86_400;

    private final HttpServer server;
    private final KeyPair pair;

    private Issuer(HttpServer server, KeyPair pair) {
        this.server = server;
        this.pair = pair;
    }

    static Issuer start() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2_048);
            InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
            Issuer issuer = new Issuer(HttpServer.create(any, 0), generator.generateKeyPair());
            issuer.server.createContext("/", issuer::respond);
            issuer.server.start();
            return issuer;
        } catch (IOException | GeneralSecurityException e) {
            throw new BenchException("the OpenID provider does not start", e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void stop() {
        server.stop(0);
    }

    /** Returns an access token with the claims that Keycloak's have: about 1,100 characters. */
    String token() {
        String header = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"bench\"}";
        String claims = "{\"exp\":" + end() + ",\"iat\":" + now()
                + ",\"jti\":\"onrtro:8f1c9a0e-6d1b-4a53-9c8e-2f0f5a0c7d11\",\"iss\":\"" + url()
                + "\",\"aud\":\"account\",\"sub\":\"5f0c1c9e-2a5e-4b8e-9a53-7f2f1f2f6a10\",\"typ\":\"Bearer\",\"azp\":\"shop\","
                + "\"sid\":\"3c2f7b1d-9f0e-4d55-8a77-0b8e5d1c2a94\",\"acr\":\"1\",\"allowed-origins\":[\"https://shop.example\"],"
                + "\"realm_access\":{\"roles\":[\"default-roles-shop\",\"offline_access\",\"uma_authorization\"]},"
                + "\"resource_access\":{\"account\":{\"roles\":[\"manage-account\",\"manage-account-links\",\"view-profile\"]}},"
                + "\"scope\":\"openid email profile\",\"email_verified\":true,\"name\":\"Anna Example\","
                + "\"preferred_username\":\"anna\",\"given_name\":\"Anna\",\"family_name\":\"Example\",\"email\":\"anna@shop.example\"}";
        String input = base64(header.getBytes(StandardCharsets.UTF_8)) + "."
                + base64(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(pair.getPrivate());
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return input + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new BenchException("the token cannot be signed", e);
        }
    }

    private static long now() {
        return System.currentTimeMillis() / 1_000;
    }

    private static long end() {
        return now() + LIFE_SECONDS;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns the bytes of a positive number without a sign (RFC 7518 §6.3.1). */
    private static String base64(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private void respond(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = body(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private String body(String path) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return switch (path) {
            case "/keys" -> "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"bench\",\"n\":\"" + base64(key.getModulus())
                    + "\",\"e\":\"" + base64(key.getPublicExponent()) + "\"}]}";
            case "/introspect" -> "{\"active\":true,\"token_type\":\"Bearer\",\"sub\":\"anna\",\"client_id\":\"shop\","
                    + "\"scope\":\"openid email profile\",\"exp\":" + end() + "}";
            default -> "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\",\"introspection_endpoint\":\""
                    + url() + "/introspect\"}";
        };
    }
}
