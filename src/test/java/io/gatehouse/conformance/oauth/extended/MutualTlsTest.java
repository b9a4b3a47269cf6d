package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.MutualTlsApi.isInvalid;
import static io.gatehouse.conformance.oauth.extended.MutualTlsApi.ofItself;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Certificates;
import io.gatehouse.testing.Certificates.Certified;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests clients that authenticate by certificates (RFC 8705 §2), and attacks on them. */
class MutualTlsTest {
    private static MutualTlsApi api;
    private static MutualTlsApi direct;

    @BeforeAll
    static void start() {
        api = new MutualTlsApi(true);
        direct = new MutualTlsApi(false);
    }

    @AfterAll
    static void stop() {
        direct.close();
        api.close();
    }

    private static Instant past() {
        return Instant.now().minus(Duration.ofMinutes(1));
    }

    @Test
    void subject_authenticatesAClient() {
        JsonObject client = api.issued("subject", "tls_client_auth_subject_dn", "CN=one,O=Company,C=DE");
        Certified right = api.certificate("C=DE,O=Company,CN=one").sign();

        String token = api.token(client, right).isStatus(200).json().getString("access_token");
        // It is no bound token, because the client has not asked for one.
        api.call(token, null).isStatus(200);
        api.token(client, api.certificate("C=DE,O=company, CN=One").sign()).isStatus(200);
        for (String other : List.of("CN=one", "C=DE,O=Company,CN=two", "CN=one,O=Company,C=DE", "O=Company,CN=one")) {
            isInvalid(api.token(client, api.certificate(other).sign()));
        }
    }

    /** RFC 4514 §2.2: the attributes of one relative name have no order, and a value may have separators. */
    @Test
    void subjectWithSeveralAttributes_isComparedByItsParts() {
        JsonObject client = api.issued("several", "tls_client_auth_subject_dn", "OU=team+CN=one, O=Company");

        api.token(client, api.certificate("O=Company,CN=one+OU=team").sign()).isStatus(200);
        for (String other : List.of(
                "O=Company,CN=one",
                "O=Company,CN=one,OU=team",
                "CN=one+OU=team,O=Company",
                "O=Company,CN=one\\+OU\\=team",
                "CN=one+OU=team\\,O\\=Company")) {
            isInvalid(api.token(client, api.certificate(other).sign()));
        }
    }

    /** RFC 5280 §7.1: also of an attribute that RFC 4514 has no keyword for, and of one with another type of string. */
    @Test
    void subject_isComparedByItsTexts() {
        JsonObject client =
                api.issued("texts", "tls_client_auth_subject_dn", "GIVENNAME=Anna, OID.2.5.4.97=PSDDE-1, DC=EXAMPLE");

        api.token(
                        client,
                        api.certificate("DC=example,2.5.4.97=PSDDE-1,GIVENNAME=anna")
                                .sign())
                .isStatus(200);
        for (String other : List.of(
                "DC=example,2.5.4.97=PSDDE-2,GIVENNAME=Anna",
                "DC=example,GIVENNAME=Anna,2.5.4.97=PSDDE-1",
                // The text of an encoding is not what it encodes.
                "DC=example,2.5.4.97=PSDDE-1,GIVENNAME=\\#1304416e6e61")) {
            isInvalid(api.token(client, api.certificate(other).sign()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dns, 2, client.example.com, other.example.com",
        "uri, 6, urn:client:1, urn:client:2",
        "ip, 7, 192.0.2.1, 192.0.2.2",
        "ip, 7, 2001:db8::1, 2001:db8::2",
        "email, 1, one@example.com, two@example.com"
    })
    void alternativeName_authenticatesAClient(String kind, int tag, String name, String otherName) {
        JsonObject client = api.issued("alternative-" + name.hashCode(), "tls_client_auth_san_" + kind, name);

        api.token(client, api.certificate("CN=x").named(tag, name).sign()).isStatus(200);
        isInvalid(
                api.token(client, api.certificate("CN=x").named(tag, otherName).sign()));
        isInvalid(api.token(client, api.certificate("CN=x").sign()));
        // The name as one of another kind.
        int another = tag == GeneralName.dNSName ? GeneralName.uniformResourceIdentifier : GeneralName.dNSName;
        isInvalid(api.token(client, api.certificate("CN=x").named(another, name).sign()));
    }

    @Test
    void certificateOfNoAuthority_isRefused() {
        JsonObject client = api.issued("authority", "tls_client_auth_subject_dn", "CN=known");
        Certified imposter = Certificates.authority("authority of clients");

        isInvalid(api.token(client, null));
        isInvalid(api.token(client, Certificates.of("CN=known").sign()));
        isInvalid(
                api.token(client, Certificates.of("CN=known").issuedBy(imposter).sign()));
        isInvalid(
                api.token(client, api.certificate("CN=known").validUntil(past()).sign()));
        api.token(client, api.certificate("CN=known").sign()).isStatus(200);
    }

    @Test
    void chain_isForwardedToo() {
        JsonObject client = api.issued("chain", "tls_client_auth_subject_dn", "CN=deep");
        Certified intermediate = api.certificate("CN=intermediate").authority(0).sign();
        Certified leaf = Certificates.of("CN=deep").issuedBy(intermediate).sign();

        isInvalid(api.token(client, leaf));
        Http.send(api.form("token", ofItself(client), leaf).header("Client-Cert-Chain", intermediate.header()))
                .isStatus(200);
    }

    /** RFC 8941 §4.2. */
    @Test
    void emptyChain_isAListWithoutCertificates() {
        JsonObject client = api.issued("empty", "tls_client_auth_subject_dn", "CN=empty");
        Certified certified = api.certificate("CN=empty").sign();

        Http.send(api.form("token", ofItself(client), certified).header("Client-Cert-Chain", ""))
                .isStatus(200);
        isInvalid(Http.send(api.form("token", ofItself(client), certified).header("Client-Cert-Chain", ",")));
    }

    @Test
    void registeredCertificate_authenticatesAClient() {
        Certified own = Certificates.of("CN=own").sign();
        JsonObject client = api.register(
                "registered",
                new JsonObject(),
                new JsonObject()
                        .put("token_endpoint_auth_method", "self_signed_tls_client_auth")
                        .put("jwks", MutualTlsApi.set(own)));

        api.token(client, own).isStatus(200);
        isInvalid(api.token(client, Certificates.of("CN=own").sign()));
        isInvalid(
                api.token(client, Certificates.of("CN=own").withKeys(own.keys()).sign()));
        isInvalid(api.token(client, api.certificate("CN=own").sign()));
        isInvalid(api.token(client, null));
    }

    @Test
    void expiredRegisteredCertificate_isRefused() {
        Certified old = Certificates.of("CN=old").validUntil(past()).sign();
        JsonObject client = api.register(
                "expired",
                new JsonObject(),
                new JsonObject()
                        .put("token_endpoint_auth_method", "self_signed_tls_client_auth")
                        .put("jwks", MutualTlsApi.set(old)));

        isInvalid(api.token(client, old));
    }

    @Test
    void certificate_isTheOnlyMethodOfItsClient() {
        JsonObject client = api.issued("strict", "tls_client_auth_subject_dn", "CN=strict");
        Certified certified = api.certificate("CN=strict").sign();

        isInvalid(api.token(Gatehouse.clientCredentials(client), null));
        isInvalid(api.token(Gatehouse.clientCredentials(client), certified));
        // A client with a secret is not authenticated by a certificate.
        isInvalid(api.token(api.oauth.application, certified));
    }

    @Test
    void certificateOfAnotherClient_isRefused() {
        api.issued("one", "tls_client_auth_subject_dn", "CN=one");
        JsonObject two = api.issued("two", "tls_client_auth_subject_dn", "CN=two");

        isInvalid(api.token(two, api.certificate("CN=one").sign()));
    }

    @Test
    void introspectionAndRevocation_acceptACertificate() {
        JsonObject client = api.issued("endpoints", "tls_client_auth_subject_dn", "CN=endpoints");
        Certified certified = api.certificate("CN=endpoints").sign();
        String token = api.token(client, certified).isStatus(200).json().getString("access_token");
        Map<String, String> parameters = ofItself(client);
        parameters.put("token", token);

        for (String endpoint : List.of("introspect", "revoke")) {
            isInvalid(Http.send(api.form(endpoint, parameters, null)));
            Http.send(api.form(endpoint, parameters, certified)).isStatus(200);
        }
        api.call(token, null).isStatus(401);
    }

    @Test
    void headerOfAPeerThatIsNotTrusted_doesNotCount() {
        JsonObject client = direct.issued("direct", "tls_client_auth_subject_dn", "CN=direct");
        Certified certified = direct.certificate("CN=direct").sign();

        isInvalid(direct.token(client, certified));
        // Nor does the upstream get it.
        String token = direct.oauth.gatehouse.clientCredentialsToken("/api", direct.oauth.application);
        assertThat(Http.send(direct.get("Bearer", token, certified)
                                .header("Client-Cert-Chain", certified.header())
                                // Some servers read it as the same header.
                                .header("Client_Cert", certified.header()))
                        .isStatus(200)
                        .text())
                .doesNotContainIgnoringCase("client-cert")
                .doesNotContainIgnoringCase("client_cert");
    }

    @Test
    void malformedHeader_isNoCertificate() {
        JsonObject client = api.issued("malformed", "tls_client_auth_subject_dn", "CN=malformed");
        Certified certified = api.certificate("CN=malformed").sign();
        String base64 = certified.base64();

        for (String value : List.of(
                base64,
                ":" + base64,
                "::",
                ":!:",
                ":AAAA:",
                ":" + base64.substring(0, base64.length() - 8) + ":",
                certified.header() + ", " + certified.header(),
                ":" + "A".repeat(12_292) + ":")) {
            isInvalid(Http.send(api.form("token", ofItself(client), null).header("Client-Cert", value)));
        }
        isInvalid(Http.send(api.form("token", ofItself(client), certified).header("Client-Cert", certified.header())));
        isInvalid(Http.send(api.form("token", ofItself(client), certified)
                .header(
                        "Client-Cert-Chain",
                        String.join(",", List.of(":AAAA:", ":AAAA:", ":AAAA:", ":AAAA:", ":AAAA:")))));
        isInvalid(Http.send(api.form("token", ofItself(client), certified).header("Client-Cert-Chain", ":AAAA:")));
    }

    @Test
    void pluginWithoutCertificates_acceptsNone() {
        JsonObject client = api.issued("without", "tls_client_auth_subject_dn", "CN=without");
        api.oauth.gatehouse.createApi("without", "/without", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("without", new JsonObject());

        isInvalid(Http.send(Http.form(api.oauth.gatehouse.secureUrl("/without/oauth2/token"), ofItself(client))
                .header("Client-Cert", api.certificate("CN=without").sign().header())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'token_endpoint_auth_method':'tls_client_auth'} | required field missing, or another tls_client_auth_* field",
                "{'token_endpoint_auth_method':'self_signed_tls_client_auth'} | a key with an x5c is required",
                "{'tls_client_auth_subject_dn':'no name'} | invalid name of a certificate",
                "{'tls_client_auth_san_ip':'host.example'} | invalid name of a certificate",
                "{'tls_client_auth_san_ip':'192.0.2.0/24'} | invalid name of a certificate",
                "{'tls_client_auth_san_ip':'192.0.2.1','tls_client_auth_san_dns':'a'} | only one or none of these fields"
            })
    void incompleteMetadata_isRefused(String metadata, String violation) {
        String refused = api.oauth
                .gatehouse
                .admin(
                        "POST",
                        "/oauth2/" + api.oauth.application.getString("id") + "/metadata",
                        new JsonObject(metadata.replace('\'', '"')))
                .isStatus(400)
                .text();

        assertThat(refused).contains(violation);
    }
}
