package io.gatehouse.conformance.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Base64;
import java.util.function.Consumer;
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

    /** Replaces the LDAP server by one whose only user is anna and of which no result is cached. */
    static void replaceDirectory() {
        directory.close();
        directory = DirectoryServer.plain();
        directory.add("anna", "p");
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

    static void isUnavailable(Reply reply) {
        reply.isMessage(503, "temporarily unavailable");
        assertThat(reply.header("retry-after")).isEqualTo("1");
    }

    /** Starts a server that sends bytes to each client that sends some. */
    static NetServer fake(Consumer<NetSocket> onMessage) {
        return Gatehouse.await(api.upstream
                .vertx()
                .createNetServer()
                .connectHandler(client -> client.handler(message -> onMessage.accept(client)))
                .listen(0, "127.0.0.1"));
    }
}
