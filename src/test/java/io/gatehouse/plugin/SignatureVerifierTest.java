package io.gatehouse.plugin;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many verifications at once, on one worker thread that the test holds. */
class SignatureVerifierTest {
    private static final int HALF = SignatureVerifier.MAX_PENDING / 2;
    private static final Object KEY = new Object();

    private final Vertx vertx = Vertx.vertx();
    private final SignatureVerifier verifier = new SignatureVerifier(vertx, 1);
    private volatile CountDownLatch gate = new CountDownLatch(1);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final List<Future<Boolean>> all = new ArrayList<>();

    @AfterEach
    void close() {
        gate.countDown();
        await(vertx.close());
    }

    private Future<Boolean> verify(String signer, String token, BooleanSupplier check) {
        return verifier.verify(signer, KEY, CredentialDigest.of(token), check);
    }

    /** Adds verifications and returns how many were accepted. */
    private int add(String signer, int number) {
        int accepted = 0;
        for (int i = 0; i < number; i++) {
            String token = signer + i;
            Future<Boolean> result = verify(signer, token, () -> record(token));
            if (result.failed()) {
                assertThat(result.cause())
                        .isInstanceOfSatisfying(
                                ProxyException.class,
                                failure -> assertThat(failure.error()).isEqualTo(ProxyError.TEMPORARILY_UNAVAILABLE));
            } else {
                all.add(result);
                accepted++;
            }
        }
        return accepted;
    }

    private boolean record(String token) {
        try {
            assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        order.add(token);
        return true;
    }

    @Test
    void eachFloodLeavesPlaceForTheNextSigner() {
        assertThat(add("a", 1_000)).isEqualTo(HALF);
        assertThat(add("b", 1_000)).isEqualTo(HALF / 2);
        assertThat(add("c", 1_000)).isEqualTo(HALF / 4);
        assertThat(add("d", 1)).isEqualTo(1);
        assertThat(verify("a", "one more", () -> true).failed()).isTrue();
        gate.countDown();

        await(Future.all(all));
        assertThat(order).hasSize(HALF + HALF / 2 + HALF / 4 + 1);
        gate = new CountDownLatch(1);
        // Every place is free again.
        assertThat(add("a", 1_000)).isEqualTo(HALF);
    }

    @Test
    void signersTakeTurns() {
        add("a", 100);
        add("b", 2);
        gate.countDown();

        await(Future.all(all));
        assertThat(order).containsSubsequence("a0", "a1", "a2", "a3");
        assertThat(order.indexOf("b0")).isLessThanOrEqualTo(2);
        assertThat(order.indexOf("b1")).isLessThanOrEqualTo(4);
    }

    @Test
    void anExceptionFailsItsVerificationOnly() {
        Future<Boolean> broken = verify("a", "broken", () -> {
            throw new IllegalStateException("a mistake");
        });
        assertThatThrownBy(() -> await(broken)).hasMessageContaining("a mistake");
        assertThat(await(verify("a", "broken", () -> false))).isFalse();
        assertThat(await(verify("a", "good", () -> true))).isTrue();
        assertThat(add("a", 1_000)).isEqualTo(HALF);
    }

    @Test
    void resultsArriveOnTheEventLoopOfEachRequest_withOneVerification() {
        List<Future<Boolean>> shared = new ArrayList<>();
        add("a", 1);
        for (int i = 0; i < 2; i++) {
            Promise<Boolean> isThere = Promise.promise();
            shared.add(isThere.future());
            Promise<Void> added = Promise.promise();
            vertx.runOnContext(start -> {
                Context context = vertx.getOrCreateContext();
                verify("a", "same", () -> record("same"))
                        .map(isGood -> isGood && context.equals(Vertx.currentContext()))
                        .onComplete(isThere);
                added.complete();
            });
            await(added.future());
        }
        gate.countDown();

        assertThat(shared).allSatisfy(isThere -> assertThat(await(isThere)).isTrue());
        assertThat(order).containsExactly("a0", "same");
    }

    @Test
    void onlyRsaKeysWithTheUsualExponentAndUpTo4096BitsAreCheap() throws GeneralSecurityException {
        assertThat(SignatureVerifier.isCheap(rsa(4_096, BigInteger.valueOf(65_537))))
                .isTrue();
        assertThat(SignatureVerifier.isCheap(rsa(4_104, BigInteger.valueOf(65_537))))
                .isFalse();
        assertThat(SignatureVerifier.isCheap(
                        rsa(2_048, BigInteger.TWO.pow(2_000).add(BigInteger.ONE))))
                .isFalse();
    }

    private static PublicKey rsa(int bits, BigInteger exponent) throws GeneralSecurityException {
        BigInteger modulus = BigInteger.TWO.pow(bits - 1).add(BigInteger.ONE);
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }
}
