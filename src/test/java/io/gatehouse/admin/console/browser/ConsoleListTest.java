package io.gatehouse.admin.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pages through and searches 10,000 Services in the console, in Chromium. */
@Tag("browser")
class ConsoleListTest extends BrowserTestBase {
    private static final int SERVICES = 10_000;
    private static final int BATCH = 1_000;

    @BeforeAll
    void fill() {
        if (browser == null) {
            return;
        }
        for (int from = 0; from < SERVICES; from += BATCH) {
            List<Map<String, Object>> data = IntStream.range(from, from + BATCH)
                    .mapToObj(i -> Map.<String, Object>of(
                            "name",
                            "service-%05d".formatted(i),
                            "host",
                            "h%d.internal".formatted(i % 100),
                            "tags",
                            List.of(i % 2 == 0 ? "even" : "odd")))
                    .toList();
            put("/batches/services", Map.of("data", data));
        }
    }

    private void search(String text, String tags) {
        browser.type("q", text).type("tags", tags).click("Search");
    }

    @Test
    void theListHasPages() {
        signedIn("services").see("100 Services, and more on the next page");
        screenshot("services-10000");
        String first = firstName();
        browser.click("Next page").see("First page").see("100 Services, and more on the next page");
        assertThat(firstName()).isNotEqualTo(first);
        browser.reload();
        browser.see("First page").see("100 Services");
        browser.click("First page").see(first).miss("First page");
    }

    private String firstName() {
        return String.valueOf(browser.run("return document.querySelector('tbody th').textContent"));
    }

    @Test
    void aServiceIsFoundByANameAndByAPartOfOne() {
        signedIn("services").see("New Service");
        long started = System.nanoTime();
        search("service-09999", "");
        browser.see("1 Service found").see("service-09999");
        System.out.println("console: one of 10,000 Services found in "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) + " ms");
        // An id contains no i.
        search("ice-09998", "");
        browser.see("1 Service found").see("service-09998");
        search("h42.internal", "");
        browser.see("100 Services found");
        search("service-00", "");
        browser.see("The first 100 Services found. Enter more of the name");
        search("absent", "");
        browser.see("No Service matches.");
        search("..", "");
        browser.see("No Service matches.");
    }

    @Test
    void theNameThatIsEnteredIsTheFirst() {
        put("/services/service-0", Map.of("host", "h"));
        signedIn("services?q=service-0").see("The first 100 Services found");
        assertThat(firstName()).isEqualTo("service-0");
    }

    @Test
    void aTagFiltersTheList() {
        signedIn("services?tags=even").see("100 Services, and more on the next page");
        assertThat(
                        browser.run(
                                "return [...document.querySelectorAll('tbody .tag')].every((tag) => tag.textContent === 'even')"))
                .isEqualTo(true);
        browser.click("Next page").see("First page");
        assertThat(browser.url()).contains("tags=even");
        search("service-0000", "even");
        browser.see("5 Services found");
    }
}
