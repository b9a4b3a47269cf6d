package io.gatehouse.admin.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Uses the console without a pointer, in Chromium. */
@Tag("browser")
class ConsoleKeyboardTest extends BrowserTestBase {
    private static final String TAB = "\uE004";
    private static final String ENTER = "\uE007";
    private static final String ESCAPE = "\uE00C";
    private static final int MOST_CONTROLS = 200;

    /** Presses Tab until the element with the focus has a property of this value. */
    private void tabUntil(String property, String value) {
        for (int i = 0; i < MOST_CONTROLS; i++) {
            browser.press(TAB);
            if (value.equals(focused(property))) {
                return;
            }
        }
        throw new AssertionError("the Tab key does not reach the control with the " + property + " " + value);
    }

    private void tabTo(String text) {
        tabUntil("textContent", text);
    }

    private Object focused(String property) {
        return browser.run("return document.activeElement[arguments[0]]", property);
    }

    @Test
    void aServiceIsFound() {
        put("/services/keyboard", Map.of("host", "h"));
        signedIn("").see("Overview");
        browser.press(TAB);
        assertThat(focused("textContent")).isEqualTo("Skip to the content");
        tabTo("Services");
        browser.press(ENTER).see("New Service");
        assertThat(focused("tagName")).isEqualTo("H1");
        tabTo("keyboard");
        browser.press(ENTER).see("Service keyboard");
    }

    @Test
    void anOperatorSignsIn() {
        browser.open(console("services")).see("Admin token");
        assertThat(focused("id")).isEqualTo("token");
        browser.keys(TOKEN).press(ENTER).see("New Service");
        assertThat(focused("tagName")).isEqualTo("H1");
    }

    @Test
    void aServiceIsCreatedAndDeleted() {
        signedIn("services/new").see("Create the Service");
        tabUntil("name", "name");
        browser.keys("by-keyboard");
        tabUntil("name", "host");
        browser.keys("h").press(ENTER).see("The Service by-keyboard is created.");
        assertThat(focused("tagName")).isEqualTo("H1");

        tabTo("Delete");
        browser.press(ENTER).see("Delete the Service by-keyboard?").press(ESCAPE);
        browser.miss("Delete the Service by-keyboard?");
        assertThat(focused("textContent")).isEqualTo("Delete");
        browser.press(ENTER).see("Delete the Service by-keyboard?");
        assertThat(focused("textContent")).isEqualTo("Cancel");
        tabTo("Delete");
        browser.press(ENTER).see("The Service by-keyboard is deleted.");
        assertThat(focused("tagName")).isEqualTo("H1");
    }

    @Test
    void aTokenIsRevoked_andTheFocusStaysOnThePage() {
        protectApi();
        String application = put("/consumers/alex/oauth2/app", Map.of("name", "app", "client_secret", "app-secret"))
                .getString("id");
        gatehouse
                .token(
                        "/api",
                        Map.of("grant_type", "client_credentials", "client_id", "app", "client_secret", "app-secret"))
                .isStatus(200);

        String id = get("/oauth2/app/oauth2_tokens")
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("id");
        signedIn("tokens?application=" + application).see("Tokens: 1");
        tabTo("Revoke");
        browser.press(ENTER).see("Revoke the token " + id + "?");
        tabTo("Revoke");
        browser.press(ENTER).see("There are no valid tokens.");
        assertThat(focused("tagName")).isEqualTo("H1");
    }

    @Test
    void theChangesOfARequestAreOpened() {
        put(
                "/batches/consumers",
                Map.of(
                        "data",
                        List.of(
                                Map.of("username", "k1"),
                                Map.of("username", "k2"),
                                Map.of("username", "k3"),
                                Map.of("username", "k4"))));
        signedIn("audit").see("4 changes").miss("Consumer k1 created");
        tabTo("4 changes");
        browser.press(ENTER).see("Consumer k1 created");
    }

    @Test
    void theFocusIsOnTheHeading_whenASearchHasReplacedItsForm() {
        signedIn("services").see("New Service");
        tabUntil("name", "q");
        browser.keys("absent").press(ENTER).see("No Service matches.");
        assertThat(focused("tagName")).isEqualTo("H1");
        tabTo("Show all Services");
        browser.press(ENTER).miss("No Service matches.");
        assertThat(focused("tagName")).isEqualTo("H1");
    }

    @Test
    void theFocusStaysInTheDialog_whenItsActionFails() {
        put("/services/used", Map.of("host", "h"));
        put("/services/used/routes/used", Map.of("paths", List.of("/used")));
        signedIn("services/" + get("/services/used").getString("id")).see("Service used");
        tabTo("Delete");
        browser.press(ENTER).see("Delete the Service used?");
        assertThat(browser.run("const dialog = document.querySelector('dialog[open]');"
                        + "return document.getElementById(dialog.getAttribute('aria-describedby')).textContent"))
                .asString()
                .contains("A Service with Routes cannot be deleted");
        tabTo("Delete");
        browser.press(ENTER).see("an existing 'routes' entity references this 'services' entity");
        assertThat(focused("textContent")).isEqualTo("Delete");
        assertThat(browser.run("return document.activeElement.closest('dialog') !== null"))
                .isEqualTo(true);
    }
}
