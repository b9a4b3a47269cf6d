package io.gatehouse.conformance.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the ldap-auth plugin against Kong 3.10. */
class LdapAuthTest extends LdapFixture {
    @Test
    void aPasswordAuthenticatesItsUser() {
        directory.add("anna", "pä:ss");
        Reply reply = as(protectedApi(), "anna:pä:ss").isStatus(200);
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo("anna");
        assertThat(reply.upstreamHeader("x-consumer-id")).isNull();
        assertThat(reply.upstreamHeader("x-consumer-username")).isNull();
        assertThat(reply.upstreamHeader("x-anonymous-consumer")).isNull();
        assertThat(reply.upstreamHeader("authorization")).isEqualTo(ldap("anna:pä:ss"));
    }

    @Test
    void aWrongPasswordIsRejected() {
        String path = protectedApi();
        directory.add("bert", "right");
        for (String pair : List.of("bert:wrong", "bert:right ", "bert:RIGHT", "unknown:right")) {
            Reply reply = as(path, pair).isMessage(401, "Unauthorized");
            assertThat(reply.header("www-authenticate")).isEqualTo("LDAP");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"carl", "carl:", ":p", " :p", "carl:p\0", "carl:\0", "ca\0rl:p", "ca\nrl:p", ""})
    void aCredentialWithoutUsernameOrPassword_orWithNul_isNotSentToTheServer(String pair) {
        String path = protectedApi();
        int before = directory.binds();
        as(path, pair).isMessage(401, "Unauthorized");
        assertThat(directory.binds()).isEqualTo(before);
    }

    @Test
    void aMalformedHeaderIsNotSentToTheServer() {
        String path = protectedApi();
        int before = directory.binds();
        String good = Base64.getEncoder().encodeToString("dora:p".getBytes(UTF_8));
        for (String value : List.of("ldap", "ldap ", "ldap ???", "Basic " + good, "ldapx " + good, good)) {
            api.gatehouse.get(path, "Authorization", value).isMessage(401, "Unauthorized");
        }
        api.gatehouse.get(path).isMessage(401, "Unauthorized");
        String[] both = {"Authorization", ldap("dora:p"), "Authorization", ldap("dora:q")};
        api.gatehouse.get(path, both).isMessage(401, "Unauthorized");
        assertThat(directory.binds()).isEqualTo(before);
    }

    @Test
    void usernamesAndPasswordsHaveAtMost1024Bytes() {
        String path = protectedApi();
        String longest = "é".repeat(512);
        directory.add(longest, longest);
        as(path, longest + ":" + longest).isStatus(200);
        int before = directory.binds();
        as(path, longest + "x:" + longest).isStatus(401);
        as(path, longest + ":" + longest + "x").isStatus(401);
        assertThat(directory.binds()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*)(uid=*",
                "a,b",
                "a\\b",
                "a+cn=b",
                "#a",
                " a ",
                "a\"b\"",
                "a;b",
                "a<b>",
                "a=b",
                "\\2a",
                "ümlaut \ud83d\ude00"
            })
    void eachCharacterOfAUsernameIsPartOfOneValue(String username) {
        String path = protectedApi();
        as(path, username + ":p").isStatus(401);
        directory.add(username, "q");
        as(path, username + ":q").isStatus(200);
    }

    @Test
    void aUsernameCannotNameAnotherEntry() throws LDAPException {
        directory.add(new DN("ou=admins," + DirectoryServer.BASE), "p");
        directory.add(new DN("uid=root,ou=admins," + DirectoryServer.BASE), "p");
        as(protectedApi(), "root,ou=admins:p").isStatus(401);
    }

    @Test
    void theSchemeIsReadInAnyCase_andAfterBlanks() {
        String path = protectedApi();
        directory.add("emil", "p");
        api.gatehouse.get(path, "Authorization", ldap("LDAP", "emil:p")).isStatus(200);
        api.gatehouse.get(path, "Authorization", ldap("LdAp ", "emil:p")).isStatus(200);
    }

    @Test
    void headerTypeAndRealmAreThoseOfTheChallenge() {
        String path = api.protectedBy(
                "ldap-auth", directory.config().put("header_type", "Basic").put("realm", "staff"));
        directory.add("fred", "p");
        api.gatehouse.get(path, "Authorization", ldap("basic", "fred:p")).isStatus(200);
        assertThat(as(path, "fred:p").isMessage(401, "Unauthorized").header("www-authenticate"))
                .isEqualTo("Basic realm=\"staff\"");
    }

    private static RawClient.Answer asBoth(String path, String inProxyAuthorization, String inAuthorization) {
        return api.getWithBoth(path, ldap(inProxyAuthorization), ldap(inAuthorization));
    }

    @Test
    void proxyAuthorizationIsReadFirst_andAuthorizationIfTheServerRejectsIt() {
        String path = api.protectedBy("ldap-auth", directory.config().put("hide_credentials", true));
        directory.add("gina", "p");
        directory.add("hans", "q");
        RawClient.Answer first = asBoth(path, "gina:p", "hans:q");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.text())
                .contains("\"x-credential-identifier\":\"gina\"")
                .doesNotContain("\"authorization\"")
                .doesNotContain("proxy-authorization");
        RawClient.Answer second = asBoth(path, "gina:x", "hans:q");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.text()).contains("\"x-credential-identifier\":\"hans\"");
        assertThat(asBoth(path, "gina:x", "hans:x").status()).isEqualTo(401);
    }

    @Test
    void credentialsCanBeHidden_alsoMalformedOnes() {
        JsonObject config = directory.config().put("hide_credentials", true).put("anonymous", api.consumer());
        String path = api.protectedBy("ldap-auth", config);
        directory.add("ilse", "p");
        for (String value : List.of(ldap("ilse:p"), ldap("ilse:x"), ldap("password-without-username"), "ldap ???")) {
            assertThat(api.gatehouse
                            .get(path, "Authorization", value)
                            .isStatus(200)
                            .upstreamHeader("authorization"))
                    .isNull();
        }
        assertThat(api.gatehouse
                        .get(path, "Authorization", "Bearer of-the-upstream")
                        .isStatus(200)
                        .upstreamHeader("authorization"))
                .isEqualTo("Bearer of-the-upstream");
    }

    @Test
    void withAnonymousOnePluginSuffices() {
        String anonymous = api.consumer();
        JsonObject config = new JsonObject().put("anonymous", anonymous);
        String path = api.protectedBy("ldap-auth", directory.config().mergeIn(config));
        api.add(path, "key-auth", config);
        directory.add("jana", "p");

        Reply user = as(path, "jana:p").isStatus(200);
        assertThat(user.upstreamHeader("x-credential-identifier")).isEqualTo("jana");
        assertThat(user.upstreamHeader("x-consumer-username")).isNull();
        assertThat(user.upstreamHeader("x-anonymous-consumer")).isNull();
        String consumer = api.consumer();
        assertThat(api.getWithKey(path, api.key(consumer)).isStatus(200).upstreamHeader("x-consumer-username"))
                .isEqualTo(consumer);
        Reply none = as(path, "jana:x").isStatus(200);
        assertThat(none.upstreamHeader("x-consumer-username")).isEqualTo(anonymous);
        assertThat(none.upstreamHeader("x-anonymous-consumer")).isEqualTo("true");
        assertThat(none.upstreamHeader("x-credential-identifier")).isNull();
    }

    @Test
    void aUserIsNoConsumer() {
        String path = protectedApi();
        directory.add("kurt", "p");
        JsonObject ofConsumer = new JsonObject()
                .put("name", "request-termination")
                .put("consumer", new JsonObject().put("id", consumerId()))
                .put("config", new JsonObject());
        api.gatehouse.create("/services" + path + "/plugins", ofConsumer);
        as(path, "kurt:p").isStatus(200);
        api.add(path, "acl", new JsonObject().put("allow", List.of("staff")));
        as(path, "kurt:p").isMessage(403, "You cannot consume this service");
        as(path, "kurt:x").isStatus(401);
    }

    private static String consumerId() {
        return api.gatehouse.admin("GET", "/consumers/" + api.consumer()).json().getString("id");
    }

    @Test
    void rateLimitingByConsumerCountsEachUser() {
        String path = protectedApi();
        api.add(path, "rate-limiting", new JsonObject().put("year", 1).put("limit_by", "consumer"));
        directory.add("lena", "p");
        directory.add("mona", "p");
        as(path, "lena:p").isStatus(200);
        as(path, "lena:p").isStatus(429);
        as(path, "mona:p").isStatus(200);
    }

    @Test
    void ldapsAndStartTlsExcludeEachOther() {
        JsonObject config = directory.config().put("ldaps", true).put("start_tls", true);
        Reply refused = api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject().put("name", "ldap-auth").put("config", config))
                .isStatus(400);
        JsonObject violations = refused.json().getJsonObject("fields").getJsonObject("config");
        assertThat(violations.getJsonArray("@entity"))
                .containsExactly("'ldaps' and 'start_tls' cannot be enabled simultaneously");
        assertThat(violations.getString("start_tls")).isEqualTo("value must be false");
    }

    @Test
    void aConfigurationIsChecked() {
        for (String field : List.of("ldap_host", "base_dn", "attribute")) {
            JsonObject config = directory.config();
            config.remove(field);
            api.assertRefused("ldap-auth", config, "config." + field + ": required field missing");
        }
        api.assertRefused(
                "ldap-auth", directory.config().put("ldap_host", "a b"), "config.ldap_host: invalid value: a b");
        api.assertRefused(
                "ldap-auth",
                directory.config().put("attribute", "uid=x,cn"),
                "config.attribute: invalid attribute 'uid=x,cn'");
        api.assertRefused(
                "ldap-auth",
                directory.config().put("header_type", "a\r\nb"),
                "config.header_type: invalid authentication scheme 'a\r\nb'");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("ldap-auth", directory.config());
    }
}
