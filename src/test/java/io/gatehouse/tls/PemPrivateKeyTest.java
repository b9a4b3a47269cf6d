package io.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.syntax.PemCertificate;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Base64;
import java.util.Objects;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemPrivateKeyTest {
    private static final Path TLS = Path.of("src/test/resources/tls");

    @ParameterizedTest
    @CsvSource({"rsa.key, rsa.pem", "rsa-pkcs1.key, rsa.pem", "ec.key, ec.pem", "ec-sec1.key, ec.pem"})
    void aKeyOfEachFormIsThePairOfItsCertificate(String key, String certificate) throws Exception {
        PrivateKey parsed = Objects.requireNonNull(PemPrivateKey.parse(read(key)));
        var publicKey = PemCertificate.chain(read(certificate)).get(0).getPublicKey();

        assertThat(PemPrivateKey.isPair(publicKey, parsed)).isTrue();
        assertThat(PemPrivateKey.isPair(generated("RSA").getPublic(), parsed)).isFalse();
        assertThat(PemPrivateKey.parse(PemText.of(parsed))).isEqualTo(parsed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "Ed448"})
    void anEdDsaKeyIsSupported(String curve) throws Exception {
        KeyPair pair = generated(curve);
        PrivateKey parsed = Objects.requireNonNull(PemPrivateKey.parse(PemText.of(pair.getPrivate())));

        assertThat(PemPrivateKey.isPair(pair.getPublic(), parsed)).isTrue();
    }

    /** RFC 5915 makes the public key optional. */
    @Test
    void anEcKeyWithoutItsPublicKeyIsSupported() throws Exception {
        byte[] scalar = new byte[32];
        scalar[31] = 7;
        byte[] der = new byte[7 + 32 + 12];
        System.arraycopy(new byte[] {0x30, 49, 2, 1, 1, 4, 32}, 0, der, 0, 7);
        System.arraycopy(scalar, 0, der, 7, 32);
        System.arraycopy(
                new byte[] {(byte) 0xa0, 10, 6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7},
                0,
                der,
                39,
                12);

        assertThat(PemPrivateKey.parse(pem("EC PRIVATE KEY", der))).isNotNull();
    }

    @Test
    void theKeyBehindACertificateAndEcParametersIsFound() throws Exception {
        String parameters =
                pem("EC PARAMETERS", new byte[] {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7});

        assertThat(PemPrivateKey.parse(read("ec.pem") + parameters + read("ec-sec1.key")))
                .isNotNull();
        assertThat(PemPrivateKey.parse(read("ec-sec1.key").replace("\n", "\r\n")))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DSA", "X25519"})
    void aKeyThatTlsServersDoNotUseIsUnsupported(String algorithm) throws Exception {
        assertThat(PemPrivateKey.parse(PemText.of(generated(algorithm).getPrivate())))
                .isNull();
    }

    /** The JDK checks the length of the modulus alone, and would sign with such a prime for hours. */
    @Test
    void anRsaKeyWithANumberThatIsLongerThanItsModulus_isRejected() throws Exception {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) generated("RSA").getPrivate();
        BigInteger longer = BigInteger.TWO.pow(160_000).add(BigInteger.ONE);
        BigInteger[] numbers = {
            key.getModulus(),
            key.getPublicExponent(),
            key.getPrivateExponent(),
            key.getPrimeP(),
            key.getPrimeQ(),
            key.getPrimeExponentP(),
            key.getPrimeExponentQ(),
            key.getCrtCoefficient()
        };
        assertThat(PemPrivateKey.parse(rsa(numbers))).isEqualTo(key);
        for (int i = 2; i < numbers.length; i++) {
            BigInteger[] changed = numbers.clone();
            changed[i] = longer;
            assertThat(PemPrivateKey.parse(rsa(changed))).as("number %d", i).isNull();
        }
    }

    private static String rsa(BigInteger[] numbers) throws IOException {
        RSAPrivateKey key = new RSAPrivateKey(
                numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
        return pem("RSA PRIVATE KEY", key.getEncoded());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no PEM",
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\nMIL/\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
                """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,00

                MAA=
                -----END RSA PRIVATE KEY-----
                """,
            })
    void malformedAndEncryptedKeysAreRejected(String text) {
        assertThat(PemPrivateKey.parse(text)).isNull();
    }

    private static KeyPair generated(String algorithm) throws Exception {
        return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    private static String read(String name) throws IOException {
        return Files.readString(TLS.resolve(name));
    }
}
