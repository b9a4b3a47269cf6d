package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import org.junit.jupiter.api.Test;

/** Tests tabs of a browser that begin a sign-in at once, so that the cookie of one response replaces that of the other. */
class ParallelTabsTest extends SignInFixture {
    @Test
    void aTabWhoseSignInWasReplacedBeginsAgain() {
        String page = pageWithCallback("redirect");
        String first = browser.callback(page);
        Browser otherTab = new Browser();
        String second = otherTab.callback(page);
        browser.cookies.putAll(otherTab.cookies);

        String again = Browser.location(browser.page(first).isStatus(302));
        assertThat(again).startsWith(idp.issuer() + "/authorize?");
        assertThat(idp.tokenRequests).isEmpty();
        String callback = Browser.location(Http.send(Http.get(again)).isStatus(302));
        assertThat(Browser.location(browser.page(callback).isStatus(302))).isEqualTo("/");
        assertThat(Browser.location(browser.page(second).isStatus(302))).endsWith("/page");
        browser.script(page).isStatus(200);
        assertThat(browser.cookies.keySet()).containsExactly("session");
    }

    @Test
    void aCallbackWithoutTheCookieBeginsNothing() {
        String page = pageWithCallback("redirect");
        String callback = browser.callback(page);
        new Browser().page(callback).isStatus(401);
        browser.page(callback.replaceFirst("code=[^&]*&state=[^&]*", "error=access_denied&state=other"))
                .isStatus(401);
    }
}
