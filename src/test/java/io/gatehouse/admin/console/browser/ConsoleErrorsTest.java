package io.gatehouse.admin.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Shows errors, and values that no form of the console would send, in Chromium. */
@Tag("browser")
class ConsoleErrorsTest extends BrowserTestBase {
    @Test
    void anApplicationThatNoPathCanNameIsAnErrorOfThePage() {
        signedIn("tokens?application=..").see("A browser cannot request the name");
        assertThat(browser.text()).contains("Find the token");
    }
}
