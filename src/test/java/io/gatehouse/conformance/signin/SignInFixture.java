package io.gatehouse.conformance.signin;

import io.gatehouse.conformance.PluginApi;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** Runs a node for the tests of a class, and an OpenID provider and a browser for each test. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class SignInFixture {
    static PluginApi api;
    final SignInProvider idp = new SignInProvider();
    final Browser browser = new Browser();

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

    /** Creates a protected API and returns the URL of a page of it. */
    static String page(JsonObject config) {
        return api.gatehouse.proxyUrl(api.protectedBy("openid-connect", config) + "/page");
    }

    /** Creates a protected API whose {@code redirect_uri} has the path {@code /callback}, and returns the URL of a page of it. */
    String pageWithCallback(String loginAction) {
        String path = api.open();
        String redirectUri = api.gatehouse.proxyUrl(path + "/callback");
        api.add(
                path,
                "openid-connect",
                idp.config().put("redirect_uri", List.of(redirectUri)).put("login_action", loginAction));
        return api.gatehouse.proxyUrl(path + "/page");
    }
}
