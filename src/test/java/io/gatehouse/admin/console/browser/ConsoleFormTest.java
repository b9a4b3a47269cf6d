package io.gatehouse.admin.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Shows the errors of forms that are at no single control, in Chromium. */
@Tag("browser")
class ConsoleFormTest extends BrowserTestBase {
    private static final String DESCRIPTION_OF_FOCUS =
            "return document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent";

    @Test
    void anErrorOfAWholeRecordIsShownInTheRecord() {
        signedIn("plugins/new?name=oauth2").see("Create the Plugin");
        browser.click("Create the Plugin").see("at least one of these fields must be true");
        assertThat(browser.text()).contains("Correct the marked fields");
        assertThat(browser.run("return document.activeElement.querySelector('legend').textContent"))
                .isEqualTo("config");
        assertThat(browser.run(DESCRIPTION_OF_FOCUS)).asString().startsWith("at least one of these fields");
        browser.clickAt("//input[@name='config.enable_client_credentials']")
                .click("Create the Plugin")
                .see("is created");
    }

    @Test
    void anErrorOfAFieldThatTheFormDoesNotShowIsInTheMessage() {
        signedIn("plugins/new?name=key-auth").see("Create the Plugin");
        browser.run("""
                window.fetch = () => Promise.resolve(Response.json({
                  code: 2, message: "2 schema violations (name: unknown plugin; tags: not a set)",
                  fields: { name: "unknown plugin", tags: "not a set" },
                }, { status: 400 }));""");
        browser.click("Create the Plugin").see("Correct the marked fields").see("name: unknown plugin");
    }
}
