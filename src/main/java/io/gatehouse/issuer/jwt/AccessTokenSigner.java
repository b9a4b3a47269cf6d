package io.gatehouse.issuer.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.syntax.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.Map;

/**
 * Signs access tokens as JWTs (RFC 9068 §2.1).
 *
 * <p><i>Threading</i>: the verticle's event loop. A signature takes a millisecond, on worker threads.
 */
public final class AccessTokenSigner {
    /** Characters. A proxy accepts 32 KiB in the head of a request, with the other fields. */
    static final int MAX_LENGTH = 8_192;

    /** At 1 ms each and two threads, the last one waits for half a second. */
    static final int MAX_PENDING = 1_000;

    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

    private final SigningKeys keys;
    private final WorkerExecutor workers;
    private int pending;

    public AccessTokenSigner(Vertx vertx, SigningKeys keys) {
        this.keys = keys;
        this.workers = vertx.createSharedWorkerExecutor(
                "gatehouse-tokens", Runtime.getRuntime().availableProcessors());
    }

    /** Reads the keys, if that is due. Precedes a transaction that signs, which would wait for another connection otherwise. */
    public Future<Void> prepare() {
        return keys.prepare();
    }

    /**
     * Returns the token, signed by the key of a time. Equal claims give an equal token (RFC 8017 §8.2.1). Fails with
     * {@code invalid_request} if it would be too long, as with a scope of hundreds of words, and with {@link IssuerUnavailable} if too
     * many signatures are pending, or there is no key.
     *
     * @param issuedAt seconds since the epoch
     */
    public Future<String> sign(Map<String, Object> claims, long issuedAt) {
        if (pending >= MAX_PENDING) {
            return Future.failedFuture(new IssuerUnavailable("too many access tokens to sign"));
        }
        pending++;
        return keys.at(issuedAt)
                .compose(key -> workers.executeBlocking(() -> signed(key, claims), false))
                .onComplete(done -> pending--)
                .compose(token -> token.length() <= MAX_LENGTH
                        ? Future.succeededFuture(token)
                        : Future.failedFuture(OAuth2Error.INVALID_REQUEST.because(
                                "The access token would have more than " + MAX_LENGTH + " characters")));
    }

    private static String signed(SigningKeys.Usable key, Map<String, Object> claims) throws JOSEException {
        JWSHeader header = new JWSHeader.Builder(SigningKeys.ALGORITHM)
                .type(TYPE)
                .keyID(key.stored().id())
                .build();
        JWSObject token = new JWSObject(header, new Payload(Json.write(claims)));
        token.sign(key.signer());
        return token.serialize();
    }
}
