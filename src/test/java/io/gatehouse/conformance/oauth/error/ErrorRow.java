package io.gatehouse.conformance.oauth.error;

import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.testing.Reply;
import java.util.function.Supplier;

/** A request and its error response. {@link OAuth2Error} has the code and the status of the error. */
record ErrorRow(String when, Supplier<Reply> request, OAuth2Error error, String description, String challenge) {
    static ErrorRow row(String when, Supplier<Reply> request, OAuth2Error error, String description) {
        return new ErrorRow(when, request, error, description, "");
    }
}
