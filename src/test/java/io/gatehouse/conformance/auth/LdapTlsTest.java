package io.gatehouse.conformance.auth;

import static io.gatehouse.conformance.auth.LdapFixture.ldap;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.testing.Authority;
import io.gatehouse.testing.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests TLS of ldap-auth, in a process whose trust store has one authority. */
class LdapTlsTest {
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "javax.net.ssl.trustStorePassword";

    private static final Authority TRUSTED = new Authority("trusted");
    private static final Authority OTHER = new Authority("other");

    private static PluginApi api;

    @BeforeAll
    static void start(@TempDir Path directory) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "trusted", PemCertificate.chain(TRUSTED.certificate()).get(0));
        Path file = directory.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "password".toCharArray());
        }
        System.setProperty(TRUST_STORE, file.toString());
        System.setProperty(PASSWORD, "password");
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        System.clearProperty(TRUST_STORE);
        System.clearProperty(PASSWORD);
        api.close();
    }

    private static DirectoryServer server(String mode, Authority.Issued certificate) {
        DirectoryServer server =
                mode.equals("ldaps") ? DirectoryServer.ldaps(certificate) : DirectoryServer.startTls(certificate);
        server.add("anna", "p");
        return server;
    }

    private static Reply call(DirectoryServer server, String mode, boolean isVerified) {
        String path =
                api.protectedBy("ldap-auth", server.config().put(mode, true).put("verify_ldap_host", isVerified));
        return api.gatehouse.get(path, "Authorization", ldap("anna:p"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldaps", "start_tls"})
    void aCertificateOfATrustedAuthorityForTheHost_isAccepted(String mode) {
        try (DirectoryServer server = server(mode, TRUSTED.issue("localhost", "localhost"))) {
            call(server, mode, true).isStatus(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldaps", "start_tls"})
    void aCertificateOfAnotherAuthority_getsNoPassword(String mode) {
        try (DirectoryServer server = server(mode, OTHER.issue("localhost", "localhost"))) {
            call(server, mode, true).isMessage(503, "temporarily unavailable");
            assertThat(server.binds()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldaps", "start_tls"})
    void aCertificateForAnotherHost_getsNoPassword(String mode) {
        try (DirectoryServer server = server(mode, TRUSTED.issue("other.test", "other.test"))) {
            call(server, mode, true).isMessage(503, "temporarily unavailable");
            assertThat(server.binds()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldaps", "start_tls"})
    void withoutVerifyLdapHost_anyCertificateIsAccepted(String mode) {
        try (DirectoryServer server = server(mode, OTHER.issue("other.test", "other.test"))) {
            call(server, mode, false).isStatus(200);
        }
    }
}
