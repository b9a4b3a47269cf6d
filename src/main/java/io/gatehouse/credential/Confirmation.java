package io.gatehouse.credential;

/**
 * Names the key that the sender of a token has to possess (RFC 7800 §3.1).
 *
 * @param keyThumbprint the SHA-256 thumbprint of the key that signs DPoP proofs (RFC 9449 §6.1, RFC 7638 §3), in base64url
 */
public record Confirmation(String keyThumbprint) {}
