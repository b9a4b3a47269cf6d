package io.gatehouse.admin.console.browser;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Shows that a node does not respond, in Chromium. */
@Tag("browser")
class ConsoleSilenceTest extends BrowserTestBase {
    /** Replaces the stream of figures, and runs the timers of 10 s when {@code passTenSeconds} is called. */
    private static final String STREAM_WITHOUT_TIME = """
            const send = window.fetch;
            const set = window.setTimeout;
            const clear = window.clearTimeout;
            const timers = new Map();
            window.silences = 0;
            window.setTimeout = (run, milliseconds) => {
              if (milliseconds !== 10000) {
                return set(run, milliseconds);
              }
              window.silences += 1;
              timers.set(-window.silences, run);
              return -window.silences;
            };
            window.clearTimeout = (id) => (timers.delete(id) ? undefined : clear(id));
            window.passTenSeconds = () => timers.forEach((run) => run());
            window.pending = () => timers.size;
            window.streams = 0;
            window.fetch = (url, options) => {
              if (!String(url).endsWith("/gatehouse/figures")) {
                return send(url, options);
              }
              window.streams += 1;
              const start = (controller) => {
                options.signal.addEventListener("abort", () => controller.error(options.signal.reason));
                window.sendChunk = (text) => controller.enqueue(new TextEncoder().encode(text));
                window.failStream = () => controller.error(new TypeError("network error"));
              };
              return Promise.resolve(new Response(new ReadableStream({ start })));
            };
            window.showRate = (rate) => window.sendChunk("data: " + JSON.stringify({
              samples: [{ time: Date.now(), responses: { "2xx": rate }, lookups: {} }], nodes: [],
            }) + "\\n\\n");""";

    private Object silences() {
        return browser.run("return window.silences");
    }

    @Test
    void theOverviewStatesThatTheFiguresAreNotCurrent_whenTheStreamHasNoByteForTenSeconds() {
        signedIn("services").see("New Service");
        browser.run(STREAM_WITHOUT_TIME);
        browser.click("Overview").see("Collecting the first figures");
        browser.run("showRate(1)");
        browser.see("1.0/s");
        Object before = silences();
        browser.run("sendChunk(': heartbeat\\n\\n')");
        await().atMost(15, SECONDS).until(() -> !silences().equals(before));
        assertThat(browser.run("return pending()")).isEqualTo(1);
        assertThat(browser.text()).doesNotContain("not current");

        browser.run("passTenSeconds()");
        browser.see("The node does not respond.").see("The figures are not current; retrying.");
        await().atMost(15, SECONDS).until(() -> browser.run("return streams").equals(2));
        browser.run("showRate(2)");
        browser.see("2.0/s").miss("not current");

        browser.run("failStream()");
        browser.see("The node does not respond.").see("The figures are not current; retrying.");
    }

    @Test
    void aPageStatesThatTheNodeDoesNotRespond_whenARequestHasNoResponseInNinetySeconds() {
        signedIn("services").see("New Service");
        browser.run("""
                const timeout = AbortSignal.timeout.bind(AbortSignal);
                AbortSignal.timeout = (milliseconds) => timeout(milliseconds / 1000);
                window.fetch = (url, { signal }) => new Promise((resolve, reject) => {
                  if (signal) {
                    signal.addEventListener("abort", () => reject(signal.reason));
                  }
                });""");
        browser.click("Routes")
                .see("The node does not respond. Check that it runs, then retry.")
                .see("Retry");
    }

    @Test
    void aPageStatesThatTheNodeDoesNotRespond_whenTheBodyOfAResponseIsCut() {
        signedIn("services").see("New Service");
        browser.run("""
                const start = (controller) => controller.error(new TypeError("network error"));
                window.fetch = () => Promise.resolve(new Response(new ReadableStream({ start })));""");
        browser.click("Routes").see("The node does not respond. Check that it runs, then retry.");
    }

    @Test
    void theOverviewEndsItsStream_whileTheTabIsHidden() {
        signedIn("services").see("New Service");
        browser.run(STREAM_WITHOUT_TIME);
        browser.click("Overview").see("Collecting the first figures");
        browser.run("showRate(1)");
        browser.see("1.0/s");
        hide(true);
        assertThat(browser.run("return pending()")).isEqualTo(0);
        assertThat(browser.run("return streams")).isEqualTo(1);
        assertThat(browser.text()).contains("1.0/s").doesNotContain("not current");
        hide(false);
        assertThat(browser.run("return streams")).isEqualTo(2);
        browser.run("showRate(2)");
        browser.see("2.0/s");
        hide(true);
        browser.click("Services").see("New Service");
        hide(false);
        assertThat(browser.run("return streams")).isEqualTo(2);
    }

    private void hide(boolean isHidden) {
        browser.run("""
                const isHidden = arguments[0];
                Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
                document.dispatchEvent(new Event("visibilitychange"));""", isHidden);
        browser.runAsync("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");
    }
}
