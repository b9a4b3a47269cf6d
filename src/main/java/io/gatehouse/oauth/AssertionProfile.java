package io.gatehouse.oauth;

import java.util.List;

/** Names and bounds of the JWTs that clients authenticate with (RFC 7523 §2.2, §3; docs/reference/oauth2.md#client-assertions). */
public final class AssertionProfile {
    /** The {@code client_assertion_type}. */
    public static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /** The authentication method of a client whose secret signs. */
    public static final String SECRET_METHOD = "client_secret_jwt";

    /** The authentication method of a client whose private key signs. */
    public static final String KEY_METHOD = "private_key_jwt";

    /** RFC 7518 §3.1, without {@code none}. */
    public static final List<String> ALGORITHMS = List.of(
            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    /** Characters. With the longest RSA signature, 14,000 are left for the claims. */
    public static final int MAX_LENGTH = 16_384;

    /** Characters of the {@code jti}. */
    public static final int MAX_ID = 255;

    /** The time until {@code exp}. */
    public static final long MAX_LIFE_SECONDS = 300;

    /** The difference between the clocks of a client and an issuer. */
    public static final long LEEWAY_SECONDS = 30;

    private AssertionProfile() {}
}
