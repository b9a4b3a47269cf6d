package io.gatehouse.conformance.auth;

import static io.gatehouse.conformance.auth.JwtApi.claims;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests where jwt and openid-connect verify signatures, and what a flood of forged tokens does to other requests. */
class SignatureFloodTest {
    /** The pending verifications of one credential or issuer from one network, if no other has any (docs/reference/limits.md). */
    private static final int LIMIT = 256;

    private static final int FLOOD = LIMIT + 44;
    /** The addresses of the client that floods, and of one in another network. */
    private static final String FLOODER = "198.51.100.1";

    private static final String OTHER = "203.0.113.1";
    private static final String EVENT_LOOP = "eventloop";
    /** Shorter than the time for which verifications are held. */
    private static final Duration WAIT = Duration.ofSeconds(25);

    private static JwtApi jwt;
    private ObservedSignatures signatures;

    @BeforeAll
    static void start() {
        jwt = JwtApi.behindATrustedPeer();
    }

    @AfterAll
    static void stop() {
        jwt.close();
    }

    @BeforeEach
    void observe() throws GeneralSecurityException {
        signatures = new ObservedSignatures();
    }

    @AfterEach
    void restore() {
        signatures.close();
    }

    private static JsonObject credential(String algorithm, KeyPair keys) {
        return jwt.credential(new JsonObject().put("algorithm", algorithm).put("rsa_public_key", Jwts.pem(keys)));
    }

    private static CompletableFuture<Reply> send(String path, String token) {
        return sendFrom(OTHER, path, token);
    }

    private static CompletableFuture<Reply> sendFrom(String address, String path, String token) {
        return Http.sendAsync(
                Http.get(jwt.api.gatehouse.proxyUrl(path), "Authorization", "Bearer " + token, "X-Real-IP", address));
    }

    /** Replaces the claims of a valid token. The signature stays well-formed, so it costs a verification. */
    private static String forged(String valid, JsonObject claims, int number) {
        String[] parts = valid.split("\\.", -1);
        return parts[0] + "."
                + Jwts.encoded(claims.copy().put("jti", "forged-" + number).encode()) + "." + parts[2];
    }

    /** Sends different tokens at once from one address, and returns the replies once those beyond the limit have arrived: 503. */
    private List<CompletableFuture<Reply>> flood(String path, IntFunction<String> token) {
        List<CompletableFuture<Reply>> replies = IntStream.range(0, FLOOD)
                .mapToObj(i -> sendFrom(FLOODER, path, token.apply(i)))
                .toList();
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(replies)
                        .filteredOn(CompletableFuture::isDone)
                        .hasSizeGreaterThanOrEqualTo(FLOOD - LIMIT));
        assertThat(replies)
                .filteredOn(CompletableFuture::isDone)
                .hasSize(FLOOD - LIMIT)
                .allSatisfy(reply -> {
                    reply.join().isMessage(503, "temporarily unavailable");
                    assertThat(reply.join().header("retry-after")).isEqualTo("1");
                });
        return replies;
    }

    private void noVerificationRanOnAnEventLoop() {
        assertThat(signatures.threads())
                .isNotEmpty()
                .noneMatch(name -> name.contains(EVENT_LOOP))
                .allMatch(name -> name.startsWith("gatehouse-signatures"));
    }

    @Test
    void forgedTokensOfACredential_get503BeyondTheLimit_whileOtherCredentialsAndNetworksAreServed() {
        KeyPair attackedKeys = Jwts.keys("ES512");
        KeyPair otherKeys = Jwts.keys("ES512");
        JsonObject attacked = credential("ES512", attackedKeys);
        JsonObject other = credential("ES512", otherKeys);
        JsonObject shared = jwt.credential();
        String valid = Jwts.signed("ES512", attackedKeys, claims(attacked));
        String open = jwt.api.open();
        signatures.hold();

        List<CompletableFuture<Reply>> forged = flood(jwt.path, i -> forged(valid, claims(attacked), i));
        jwt.api.gatehouse.get(open).isStatus(200);
        jwt.call(JwtApi.token(shared)).isStatus(200);
        sendFrom(FLOODER, jwt.path, valid).join().isStatus(503);
        CompletableFuture<Reply> waiting = sendFrom(FLOODER, jwt.path, Jwts.signed("ES512", otherKeys, claims(other)));
        CompletableFuture<Reply> fromOther = sendFrom(OTHER, jwt.path, valid);
        signatures.release();

        waiting.join().isStatus(200);
        fromOther.join().isStatus(200);
        List<CompletableFuture<Reply>> verified =
                forged.stream().filter(reply -> reply.join().status() != 503).toList();
        assertThat(verified).hasSize(LIMIT).allSatisfy(reply -> reply.join().isMessage(401, "Invalid signature"));
        jwt.call(valid).isStatus(200);
        assertThat(signatures.threads()).hasSize(LIMIT + 2);
        noVerificationRanOnAnEventLoop();
    }

    @Test
    void forgedTokensOfAnIssuer_get503BeyondTheLimit_whileOtherIssuersAndNetworksAreServed() throws JOSEException {
        ECKey key = new ECKeyGenerator(Curve.P_521).keyID("ec").generate();
        try (IdentityProvider attacked = new IdentityProvider();
                IdentityProvider other = new IdentityProvider()) {
            attacked.published = List.of(key);
            other.published = List.of(key);
            String path = protectedBy(attacked);
            String otherPath = protectedBy(other);
            String valid = IdentityProvider.sign(key, JWSAlgorithm.ES512, attacked.claims());
            JsonObject claims = attacked.claims().put("sub", "mallory");
            // The keys of both are read.
            send(path, forged(valid, claims, FLOOD)).join().isStatus(401);
            send(otherPath, forged(valid, claims, FLOOD)).join().isStatus(401);
            signatures.hold();

            List<CompletableFuture<Reply>> forged = flood(path, i -> forged(valid, claims, i));
            CompletableFuture<Reply> waiting =
                    sendFrom(FLOODER, otherPath, IdentityProvider.sign(key, JWSAlgorithm.ES512, other.claims()));
            CompletableFuture<Reply> fromOther = sendFrom(OTHER, path, valid);
            signatures.release();

            waiting.join().isStatus(200);
            fromOther.join().isStatus(200);
            assertThat(forged).filteredOn(reply -> reply.join().status() == 401).hasSize(LIMIT);
            send(path, valid).join().isStatus(200);
            noVerificationRanOnAnEventLoop();
        }
    }

    private static String protectedBy(IdentityProvider provider) {
        return jwt.api.protectedBy(
                "openid-connect",
                new JsonObject().put("issuer", provider.issuer()).put("rediscovery_lifetime", 3_600));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "ES384", "ES512", "Ed25519", "Ed448"})
    void aSignatureOfACurve_isVerifiedOnAWorkerThread(String algorithm) {
        KeyPair keys = Jwts.keys(algorithm);
        String name = algorithm.startsWith("Ed") ? "EdDSA" : algorithm;
        jwt.call(Jwts.signed(name, keys, claims(credential(name, keys)))).isStatus(200);
        assertThat(signatures.threads()).hasSize(1);
        noVerificationRanOnAnEventLoop();
    }

    @Test
    void aSignatureOfAnRsaKey_isVerifiedOnTheEventLoop_upTo4096Bits() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        KeyPair small = Jwts.keys("RS256");
        jwt.call(Jwts.signed("RS256", small, claims(credential("RS256", small))))
                .isStatus(200);
        assertThat(signatures.threads()).singleElement().asString().contains(EVENT_LOOP);
        signatures.clear();

        generator.initialize(4_104);
        KeyPair large = generator.generateKeyPair();
        jwt.call(Jwts.signed("RS256", large, claims(credential("RS256", large))))
                .isStatus(200);
        assertThat(signatures.threads()).hasSize(1);
        noVerificationRanOnAnEventLoop();
    }

    @Test
    void requestsWithTheSameToken_shareOneVerification_untilTheKeyChanges() {
        KeyPair keys = Jwts.keys("ES256");
        JsonObject credential = credential("ES256", keys);
        String token = Jwts.signed("ES256", keys, claims(credential));
        signatures.hold();
        List<CompletableFuture<Reply>> replies =
                IntStream.range(0, FLOOD).mapToObj(i -> send(jwt.path, token)).toList();
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(signatures.threads()).hasSize(1));
        signatures.release();

        assertThat(replies).allSatisfy(reply -> reply.join().isStatus(200));
        jwt.call(token).isStatus(200);
        assertThat(signatures.threads()).hasSize(1);

        jwt.api
                .gatehouse
                .admin(
                        "PATCH",
                        "/jwts/" + credential.getString("id"),
                        new JsonObject().put("rsa_public_key", Jwts.pem(Jwts.keys("ES256"))))
                .isStatus(200);
        jwt.call(token).isMessage(401, "Invalid signature");
        assertThat(signatures.threads()).hasSize(2);
    }

    @Test
    void aRequestWithABody_andThePipelinedOneBehindIt_areComplete_afterAWaitForTheVerification() throws IOException {
        KeyPair keys = Jwts.keys("ES256");
        String token = Jwts.signed("ES256", keys, claims(credential("ES256", keys)));
        String open = jwt.api.open();
        String body = "0123456789".repeat(100_000);
        String requests = "POST " + jwt.path + "/first HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body
                + "GET " + open + "/second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        int before = jwt.api.upstream.requests();
        signatures.hold();
        try (Socket client = new Socket(
                InetAddress.getLoopbackAddress(), jwt.api.gatehouse.node().port("proxy.http"))) {
            client.setSoTimeout(30_000);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    client.getOutputStream().write(requests.getBytes(US_ASCII));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().atMost(WAIT)
                    .untilAsserted(() -> assertThat(signatures.threads()).hasSize(1));
            jwt.api.gatehouse.get(open).isStatus(200);
            assertThat(jwt.api.upstream.requests()).isEqualTo(before + 1);
            signatures.release();

            String responses = new String(client.getInputStream().readAllBytes(), US_ASCII);
            sending.join();
            assertThat(responses.split("HTTP/1.1 200", -1)).hasSize(3);
            assertThat(responses.replace(body, "the body"))
                    .containsOnlyOnce("the body")
                    .containsSubsequence("/first", "/second");
        }
    }
}
