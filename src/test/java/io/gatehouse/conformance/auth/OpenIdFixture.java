package io.gatehouse.conformance.auth;

import io.gatehouse.conformance.PluginApi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Runs a node for the tests of a class, and an OpenID provider for each test. */
abstract class OpenIdFixture {
    static PluginApi api;
    final IdentityProvider idp = new IdentityProvider();

    @BeforeAll
    static void startNode() {
        api = new PluginApi();
    }

    @AfterAll
    static void stopNode() {
        api.close();
    }

    @AfterEach
    void stopProvider() {
        idp.close();
    }
}
