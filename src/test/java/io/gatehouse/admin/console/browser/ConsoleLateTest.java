package io.gatehouse.admin.console.browser;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Receives responses after the operator has done something else, in Chromium. */
@Tag("browser")
class ConsoleLateTest extends BrowserTestBase {
    private static final String ESCAPE = "\uE00C";

    /** Holds the requests of a method whose URL contains a text, until {@code held[i]} is released or failed. */
    private static final String HOLD = """
            const send = window.fetch;
            const [method, part] = arguments;
            window.held = [];
            window.fetch = (url, options) => {
              if (options.method !== method || !String(url).includes(part)) {
                return send(url, options);
              }
              return new Promise((resolve, reject) => {
                const { signal } = options;
                const one = {
                  respond: (response) => resolve(response),
                  release: () => one.isAborted || resolve(send(url, options)),
                  fail: () => reject(new TypeError("network error")),
                  isAborted: false,
                };
                if (signal) {
                  signal.addEventListener("abort", () => {
                    one.isAborted = true;
                    reject(signal.reason);
                  });
                }
                held.push(one);
              });
            };""";

    private void awaitHeld(int count) {
        await().atMost(15, SECONDS)
                .until(() -> browser.run("return held.length").equals(count));
    }

    private void awaitAborted(int index) {
        await().atMost(15, SECONDS)
                .until(() -> browser.run("return held[arguments[0]].isAborted", index)
                        .equals(true));
    }

    private void pressFind(String token) {
        browser.run("document.querySelector('input[type=password]').value = arguments[0]", token);
        browser.click("Find the token");
    }

    @Test
    void aSearchOfATokenEndsTheEarlierOne() {
        signedIn("tokens").see("Find the token");
        browser.run(HOLD, "GET", "/oauth2_tokens/");
        pressFind("first");
        browser.see("Searching for the token");
        pressFind("second");
        awaitHeld(2);
        awaitAborted(0);
        browser.run("held[1].respond(Response.json({ message: 'Not found' }, { status: 404 }))");
        browser.see("No valid access token has this text").miss("Searching for the token");
    }

    @Test
    void aFormThatWasLeftDoesNotChangeThePage_andTheNextPageStatesItsResult() {
        signedIn("services/new").see("Create the Service");
        browser.run(HOLD, "POST", "/services");
        browser.type("name", "late").type("host", "h").click("Create the Service");
        leaveTheFormAndSee("The Service late is created.");

        String id = put("/upstreams/slow.upstream", Map.of()).getString("id");
        signedIn("upstreams/" + id + "/new-target").see("Create the target");
        browser.run(HOLD, "POST", "/targets");
        browser.type("target", "127.0.0.1:1").click("Create the target");
        leaveTheFormAndSee("The target 127.0.0.1:1 is created.");
    }

    private void leaveTheFormAndSee(String result) {
        awaitHeld(1);
        browser.click("Routes").see("New Route");
        browser.run("held[0].release()");
        await().atMost(15, SECONDS)
                .until(() -> Stream.of("Consumer", "Route")
                        .anyMatch(one -> browser.click(one + "s")
                                .see("New " + one)
                                .text()
                                .contains(result)));
    }

    @Test
    void aChoiceThatWasLeftDoesNotChangeThePage() {
        put("/services/chosen", Map.of("host", "h"));
        put("/services/chosen/routes/chosen", Map.of("paths", List.of("/chosen")));
        signedIn("try").see("Choose the Route to call");
        browser.run(HOLD, "GET", "/routes/chosen");
        browser.type("route", "chosen").click("Choose");
        awaitHeld(1);
        browser.click("Consumers").see("New Consumer");
        awaitAborted(0);
        assertThat(browser.url()).endsWith("/console/consumers");
    }

    @Test
    void aQuestionStaysUntilItsActionEnds_andShowsTheError() {
        String id = put("/services/asked", Map.of("host", "h")).getString("id");
        signedIn("services/" + id).click("Delete").see("Delete the Service asked?");
        browser.run(HOLD, "DELETE", "/services/");
        browser.clickAt("//dialog[@open]//button[normalize-space()='Delete']");
        awaitHeld(1);
        browser.click("Cancel").press(ESCAPE).press(ESCAPE).press(ESCAPE);
        browser.see("Delete the Service asked?");
        browser.run("held[0].fail()");
        browser.see("The node does not respond.");
        assertThat(browser.run("return document.querySelector('dialog[open] [role=alert]') !== null"))
                .isEqualTo(true);
        browser.press(ESCAPE).miss("Delete the Service asked?");
    }

    @Test
    void aFormShowsAnUnexpectedErrorAndCanBeSentAgain() {
        signedIn("services/new").see("Create the Service");
        browser.run(HOLD, "POST", "/services");
        browser.type("name", "again").type("host", "h").click("Create the Service");
        awaitHeld(1);
        browser.run("held[0].respond(new Response(null, { status: 204 }))");
        await().atMost(15, SECONDS)
                .until(() -> browser.run("return document.querySelector('form [role=alert]') !== null")
                        .equals(true));
        browser.click("Create the Service");
        awaitHeld(2);
        browser.run("held[1].release()");
        browser.see("The Service again is created.");
    }

    @Test
    void namesOccupyThreeConnections_andEndWithTheirPage() {
        for (int i = 0; i < 8; i++) {
            put("/services/named-" + i, Map.of("host", "h"));
            put("/services/named-" + i + "/routes/path-" + i, Map.of("paths", List.of("/path-" + i)));
        }
        signedIn("consumers").see("New Consumer");
        browser.run(HOLD, "GET", "/services/");
        browser.click("Routes").see("path-7");
        assertThat(browser.run("return held.length")).isEqualTo(3);
        browser.click("Consumers").see("New Consumer");
        awaitAborted(2);
        assertThat(browser.run("return held.length")).isEqualTo(3);

        browser.click("Routes").see("path-7");
        awaitHeld(6);
        browser.run("held[3].release()");
        awaitHeld(7);
        browser.run("""
                held.forEach((one) => one.release());
                held.push = (one) => one.release();""");
        for (int i = 0; i < 8; i++) {
            browser.see("named-" + i);
        }
    }
}
