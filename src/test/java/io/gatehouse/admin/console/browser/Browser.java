package io.gatehouse.admin.console.browser;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Drives Chromium by WebDriver (W3C Recommendation), whose commands are HTTP requests to chromedriver.
 *
 * <p><i>Why</i>: these few commands need no library and no download.
 */
final class Browser implements AutoCloseable {
    /** The member that identifies an element in JSON (WebDriver, section 12.2). */
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Process driver;
    private final String session;

    private Browser(Process driver, String session) {
        this.driver = driver;
        this.session = session;
    }

    /** Returns the program that is missing; empty if a browser can be started. */
    static Optional<String> missing() {
        return Stream.of("chromium", "chromedriver")
                .filter(program -> Stream.of(
                                System.getenv().getOrDefault("PATH", "").split(":"))
                        .map(directory -> Path.of(directory, program))
                        .noneMatch(Files::isExecutable))
                .findFirst();
    }

    static Browser start() throws IOException {
        int port = FreePort.next();
        Process driver = new ProcessBuilder("chromedriver", "--port=" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String url = "http://127.0.0.1:" + port;
        await().atMost(PATIENCE).until(() -> isReady(url));
        // Chromium refuses its sandbox to root, as which CI runs.
        JsonObject options = new JsonObject()
                .put(
                        "args",
                        List.of(
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-dev-shm-usage",
                                "--disable-gpu",
                                "--window-size=1280,900"));
        JsonObject capabilities = new JsonObject()
                .put("goog:chromeOptions", options)
                .put("goog:loggingPrefs", new JsonObject().put("browser", "ALL"));
        JsonObject created = value(Http.send(Http.json(
                        "POST",
                        url + "/session",
                        new JsonObject()
                                .put("capabilities", new JsonObject().put("alwaysMatch", capabilities))
                                .encode())))
                .getJsonObject("value");
        return new Browser(driver, url + "/session/" + created.getString("sessionId"));
    }

    private static boolean isReady(String url) {
        try {
            return Http.send(Http.get(url + "/status"))
                    .json()
                    .getJsonObject("value")
                    .getBoolean("ready");
        } catch (CompletionException e) {
            return false;
        }
    }

    private static JsonObject value(Reply reply) {
        if (reply.status() != 200) {
            throw new WebDriverException(reply.text());
        }
        return reply.json();
    }

    /** An error response of chromedriver. */
    static final class WebDriverException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WebDriverException(String message) {
            super(message);
        }
    }

    private JsonObject post(String command, JsonObject parameters) {
        return value(Http.send(Http.json("POST", session + command, parameters.encode())));
    }

    private JsonObject get(String command) {
        return value(Http.send(Http.get(session + command)));
    }

    Browser open(String url) {
        post("/url", new JsonObject().put("url", url));
        return this;
    }

    void reload() {
        post("/refresh", new JsonObject());
    }

    void back() {
        post("/back", new JsonObject());
    }

    String url() {
        return get("/url").getString("value");
    }

    /** Runs the body of a function in the page and returns its value. */
    Object run(String script, Object... arguments) {
        return post(
                        "/execute/sync",
                        new JsonObject().put("script", script).put("args", new JsonArray(List.of(arguments))))
                .getValue("value");
    }

    /** Runs a script that calls its last argument with the result. */
    Object runAsync(String script) {
        return post("/execute/async", new JsonObject().put("script", script).put("args", new JsonArray()))
                .getValue("value");
    }

    /** Sends a command of the Chrome DevTools Protocol. */
    void devTools(String command, Map<String, Object> parameters) {
        post("/goog/cdp/execute", new JsonObject().put("cmd", command).put("params", new JsonObject(parameters)));
    }

    /** Sets the size of the viewport in CSS pixels. */
    void viewport(int width, int height) {
        devTools(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Sets the preferred colour scheme: {@code light} or {@code dark}. */
    void scheme(String scheme) {
        devTools(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Waits until the page shows a text. */
    Browser see(String text) {
        await("the page shows '" + text + "'")
                .atMost(PATIENCE)
                .pollInterval(50, MILLISECONDS)
                .until(() -> text().contains(text));
        return this;
    }

    /** Waits until the page shows a text no longer. */
    void miss(String text) {
        await("the page does not show '" + text + "'").atMost(PATIENCE).until(() -> !text().contains(text));
    }

    String text() {
        return String.valueOf(run("return document.body ? document.body.innerText : ''"));
    }

    /** Clicks the first visible button or link with this text. */
    Browser click(String text) {
        return clickAt("//*[self::button or self::a or self::summary][normalize-space()='" + text + "']");
    }

    Browser clickAt(String xpath) {
        await("a click on " + xpath)
                .atMost(PATIENCE)
                .pollInterval(50, MILLISECONDS)
                .until(() -> {
                    for (String element : elements(xpath)) {
                        try {
                            post("/element/" + element + "/click", new JsonObject());
                            return true;
                        } catch (WebDriverException e) {
                            // Not visible, or replaced since: another one or the next attempt.
                        }
                    }
                    return false;
                });
        return this;
    }

    private List<String> elements(String xpath) {
        return post("/elements", new JsonObject().put("using", "xpath").put("value", xpath))
                .getJsonArray("value")
                .stream()
                .map(element -> ((JsonObject) element).getString(ELEMENT))
                .toList();
    }

    /** Replaces the text of the control with this id or name. */
    Browser type(String idOrName, String text) {
        String xpath = "//*[@id='" + idOrName + "' or @name='" + idOrName + "']";
        await("the control " + idOrName)
                .atMost(PATIENCE)
                .pollInterval(50, MILLISECONDS)
                .until(() -> !elements(xpath).isEmpty());
        String element = elements(xpath).get(0);
        post("/element/" + element + "/clear", new JsonObject());
        post("/element/" + element + "/value", new JsonObject().put("text", text));
        return this;
    }

    /** Presses a key at the element that has the focus, by its code point in WebDriver, section 17.4.2. */
    Browser press(String key) {
        JsonArray strokes = new JsonArray()
                .add(new JsonObject().put("type", "keyDown").put("value", key))
                .add(new JsonObject().put("type", "keyUp").put("value", key));
        post(
                "/actions",
                new JsonObject()
                        .put(
                                "actions",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("type", "key")
                                                .put("id", "keyboard")
                                                .put("actions", strokes))));
        return this;
    }

    /** Types a text at the element that has the focus. */
    Browser keys(String text) {
        text.chars().forEach(c -> press(String.valueOf((char) c)));
        return this;
    }

    void screenshot(Path file) {
        String base64 = get("/screenshot").getString("value");
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode(base64));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the errors that the browser has logged since the last call, such as violations of the Content-Security-Policy. */
    List<String> errors() {
        return post("/se/log", new JsonObject().put("type", "browser")).getJsonArray("value").stream()
                .map(JsonObject.class::cast)
                .filter(entry -> entry.getString("level").equals("SEVERE"))
                .map(entry -> entry.getString("message"))
                .toList();
    }

    @Override
    public void close() {
        try {
            Http.send(HttpRequest.newBuilder(URI.create(session)).DELETE());
        } finally {
            driver.destroy();
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            if (!driver.waitFor(10, SECONDS)) {
                driver.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
