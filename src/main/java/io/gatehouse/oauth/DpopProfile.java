package io.gatehouse.oauth;

import java.time.Duration;
import java.util.List;

/** Names and bounds of DPoP (RFC 9449; docs/reference/oauth2.md#dpop). */
public final class DpopProfile {
    /** The scheme of the Authorization header and the {@code token_type} (§7.1, §5). */
    public static final String SCHEME = "DPoP";

    /** The header with the proof (§4.1). */
    public static final String HEADER = "dpop";

    /** The header with a nonce for the next proof (§8). */
    public static final String NONCE_HEADER = "DPoP-Nonce";

    /** RFC 7518 §3.1: the asymmetric ones. */
    public static final List<String> ALGORITHMS =
            List.of("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512");

    /** Characters of a proof. With the longest RSA key and signature, 4,000 are left for the claims. */
    public static final int MAX_LENGTH = 8_192;

    /** Characters of the {@code jti}. */
    public static final int MAX_ID = 255;

    /** Begins the text whose digest identifies a proof. The {@code jti} of an assertion, which is digested as it is, does not. */
    public static final String ID_PREFIX = "dpop ";

    /** The time for which every node accepts a nonce. */
    public static final Duration NONCE_LIFE = Duration.ofMinutes(2);

    /** How far a nonce may be in the future: the nodes' views of PostgreSQL's clock differ. */
    public static final Duration NONCE_LEEWAY = Duration.ofSeconds(5);

    private DpopProfile() {}
}
