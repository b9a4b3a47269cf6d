package io.gatehouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Wraps an HTTP response with assertions. */
public record Reply(HttpResponse<String> response, String text) {
    public Reply(HttpResponse<String> response) {
        this(response, response.body());
    }

    /** The same response with another body. */
    public Reply withText(String other) {
        return new Reply(response, other);
    }

    public int status() {
        return response.statusCode();
    }

    public JsonObject json() {
        return new JsonObject(text);
    }

    /** The first value of a header, or null. */
    public @Nullable String header(String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    /** A header as an echoing upstream received it, or null. */
    public @Nullable String upstreamHeader(String name) {
        return json().getJsonObject("headers").getString(name);
    }

    public Reply hasHeader(String name) {
        assertThat(header(name)).as(name + " of " + text).isNotNull();
        return this;
    }

    public Reply isStatus(int expected) {
        assertThat(status())
                .as("status of %s with body %s", response.uri(), text())
                .isEqualTo(expected);
        return this;
    }

    /** Asserts an error of RFC 6749. */
    public Reply isError(int status, String error, String description) {
        isStatus(status);
        assertThat(json().getString("error")).isEqualTo(error);
        assertThat(json().getString("error_description")).isEqualTo(description);
        return this;
    }

    /** Asserts an error of the gateway. */
    public Reply isMessage(int status, String message) {
        isStatus(status);
        assertThat(json().getString("message")).isEqualTo(message);
        return this;
    }
}
