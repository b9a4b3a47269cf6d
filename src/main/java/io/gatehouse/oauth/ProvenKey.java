package io.gatehouse.oauth;

import io.gatehouse.credential.CredentialDigest;

/**
 * Describes a key whose possession a client has proven in a request to the plugin's endpoints (RFC 9449 §5). The proxy has checked the
 * proof, except that it is used once.
 *
 * @param thumbprint of the key (RFC 7638 §3), in base64url
 * @param proof identifies the proof among those of the client
 * @param acceptedUntil seconds since the epoch, until when a proxy may accept the proof
 */
public record ProvenKey(String thumbprint, CredentialDigest proof, long acceptedUntil) {
    @Override
    public String toString() {
        return "ProvenKey[" + thumbprint + "]";
    }
}
