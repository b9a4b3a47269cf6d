package io.gatehouse.conformance.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Runs a node and an LDAP server for the tests of a class. */
abstract class LdapFixture {
    static PluginApi api;
    static DirectoryServer directory;

    @BeforeAll
    static void start() {
        directory = DirectoryServer.plain();
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
        directory.close();
    }

    static String ldap(String pair) {
        return ldap("ldap", pair);
    }

    static String ldap(String scheme, String pair) {
        return scheme + " " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    }

    static String protectedApi() {
        return api.protectedBy("ldap-auth", directory.config());
    }

    static Reply as(String path, String pair) {
        return api.gatehouse.get(path, "Authorization", ldap(pair));
    }
}
