package io.gatehouse.oauth;

/**
 * A key that signs JWT access tokens (RFC 9068 §2.1), as PostgreSQL stores it.
 *
 * @param id the {@code kid}
 * @param publicKey a JWK (RFC 7517) without private members
 * @param sealedPrivateKey encrypted, in base64
 * @param signFrom seconds since the epoch
 * @param signUntil seconds since the epoch, excluded
 */
public record SigningKey(String id, String publicKey, String sealedPrivateKey, long signFrom, long signUntil) {
    /** The longest life of an access token that a key signs: it is published for as long after its last signature. */
    public static final long MAX_LIFE_SECONDS = 604_800;

    /** How long a key signs. */
    public static final long SIGN_SECONDS = 30L * 86_400;

    /** How long a key is published before it signs, because verifiers cache keys. */
    public static final long PUBLISH_SECONDS = 86_400;

    /** Seconds since the epoch. */
    public boolean signsAt(long time) {
        return signFrom <= time && time < signUntil;
    }

    @Override
    public String toString() {
        return "SigningKey[" + id + "]";
    }
}
