package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.DpopApi.ISSUER;
import static io.gatehouse.conformance.oauth.extended.DpopApi.claims;
import static io.gatehouse.conformance.oauth.extended.DpopApi.proof;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.auth.ObservedSignatures;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests what forged DPoP proofs with a stolen token do to the client of the token (RFC 9449 §11). */
class ProofFloodTest {
    /** The pending verifications of one network, if no other has any (docs/reference/limits.md). */
    private static final int LIMIT = 256;

    private static final int FLOOD = LIMIT + 44;
    /** Shorter than the time for which verifications are held. */
    private static final Duration WAIT = Duration.ofSeconds(25);

    @Test
    void forgedProofsOfAThief_get503BeyondTheLimit_whileTheClientIsServed() throws GeneralSecurityException {
        try (DpopApi api = DpopApi.behindATrustedPeer()) {
            String token = api.bound();
            JsonObject claims = claims("GET", ISSUER, token).put("nonce", api.nonce());
            String valid = proof(api.key, claims);

            try (ObservedSignatures signatures = new ObservedSignatures()) {
                signatures.hold();
                List<CompletableFuture<Reply>> forged = IntStream.range(0, FLOOD)
                        .mapToObj(i -> send(api, token, "198.51.100.1", forged(valid, claims)))
                        .toList();
                await().atMost(WAIT)
                        .untilAsserted(() -> assertThat(forged)
                                .filteredOn(CompletableFuture::isDone)
                                .hasSizeGreaterThanOrEqualTo(FLOOD - LIMIT));
                CompletableFuture<Reply> waiting = send(api, token, "203.0.113.1", valid);
                send(api, token, "198.51.100.1", forged(valid, claims)).join().isStatus(503);
                assertThat(waiting).isNotDone();
                signatures.release();

                waiting.join().isStatus(200);
                assertThat(forged)
                        .filteredOn(reply -> reply.join().status() == 503)
                        .hasSize(FLOOD - LIMIT);
                assertThat(forged)
                        .filteredOn(reply -> reply.join().status() == 401)
                        .hasSize(LIMIT);
            }
        }
    }

    /** Other claims with the signature of a valid proof, so that it costs a verification. */
    private static String forged(String valid, JsonObject claims) {
        String[] parts = valid.split("\\.", -1);
        return parts[0] + "."
                + Jwts.encoded(
                        claims.copy().put("jti", UUID.randomUUID().toString()).encode())
                + "." + parts[2];
    }

    private static CompletableFuture<Reply> send(DpopApi api, String token, String address, String proof) {
        return Http.sendAsync(api.get(token).header("X-Real-IP", address).header("DPoP", proof));
    }
}
