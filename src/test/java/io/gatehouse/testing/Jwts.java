package io.gatehouse.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Creates signed tokens, valid or malformed. */
public final class Jwts {
    private Jwts() {}

    /** Creates a token signed with a shared secret. */
    public static String hmac(String algorithm, byte[] secret, JsonObject claims) {
        return hmac(new JsonObject().put("typ", "JWT").put("alg", algorithm), algorithm, secret, claims);
    }

    public static String hmac(JsonObject header, String algorithm, byte[] secret, JsonObject claims) {
        try {
            String name = "HmacSHA" + algorithm.substring(2);
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(secret, name));
            String input = encoded(header.encode()) + "." + encoded(claims.encode());
            return input + "." + encoded(mac.doFinal(input.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Creates a token signed with a private key. */
    public static String signed(String algorithm, KeyPair keys, JsonObject claims) {
        try {
            String head = encoded(new JsonObject().put("alg", algorithm).encode());
            if (algorithm.equals("EdDSA")) {
                String signed = head + "." + encoded(claims.encode());
                Signature signature = Signature.getInstance(algorithm);
                signature.initSign(keys.getPrivate());
                signature.update(signed.getBytes(StandardCharsets.UTF_8));
                return signed + "." + encoded(signature.sign());
            }
            JWSSigner signer = keys.getPrivate() instanceof ECPrivateKey curve
                    ? new ECDSASigner(curve)
                    : new RSASSASigner(keys.getPrivate());
            String input = head + "." + encoded(claims.encode());
            return input + "."
                    + signer.sign(new JWSHeader(JWSAlgorithm.parse(algorithm)), input.getBytes(StandardCharsets.UTF_8));
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Generates keys for an algorithm. */
    public static KeyPair keys(String algorithm) {
        try {
            if (algorithm.startsWith("Ed")) {
                return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
            }
            boolean isRsa = algorithm.startsWith("RS") || algorithm.startsWith("PS");
            KeyPairGenerator generator = KeyPairGenerator.getInstance(isRsa ? "RSA" : "EC");
            switch (algorithm) {
                case "ES256" -> generator.initialize(new ECGenParameterSpec("secp256r1"));
                case "ES384" -> generator.initialize(new ECGenParameterSpec("secp384r1"));
                case "ES512" -> generator.initialize(new ECGenParameterSpec("secp521r1"));
                default -> generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String pem(KeyPair keys) {
        return pem(keys.getPublic());
    }

    public static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    public static String encoded(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
