package io.gatehouse.plugin.oauth2;

import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.syntax.Text;
import io.gatehouse.syntax.form.MediaType;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of clients that register themselves at {@code …/oauth2/register} (RFC 7591 §3.1), or manage their registration at
 * {@code …/oauth2/register/{client_id}} (RFC 7592 §2). Their bodies are JSON with nested values, which the issuer reads.
 */
final class Registrations {
    private static final String NAME = "register";
    private static final String FOLDER = NAME + "/";

    private Registrations() {}

    /** Whether the rest of a path, behind the plugin's folder, is that of a registration. */
    static boolean isNamed(String rest) {
        return rest.equals(NAME)
                || (rest.startsWith(FOLDER)
                        && rest.length() > FOLDER.length()
                        && rest.indexOf('/', FOLDER.length()) < 0);
    }

    /** The methods that a request may have. */
    static List<String> methods(Exchange exchange) {
        return clientId(exchange) == null ? List.of("POST") : List.of("GET", "PUT", "DELETE");
    }

    private static @Nullable String clientId(Exchange exchange) {
        String path = exchange.path();
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String last = trimmed.substring(trimmed.lastIndexOf('/') + 1);
        return trimmed.endsWith("/oauth2/" + NAME) ? null : last;
    }

    /** The parameters for the issuer. */
    static Map<String, @Nullable Object> parameters(Exchange exchange, Buffer body) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("method", exchange.method());
        parameters.put("client_id", clientId(exchange));
        if (exchange.method().equals("POST") || exchange.method().equals("PUT")) {
            String contentType = exchange.request().getHeader("content-type");
            if (!MediaType.of(contentType).essence().equals(MediaType.JSON)) {
                throw OAuth2Error.INVALID_CLIENT_METADATA.because("Expected a JSON object");
            }
            parameters.put(
                    "metadata",
                    Text.utf8(body.getBytes())
                            .orElseThrow(() -> OAuth2Error.INVALID_CLIENT_METADATA.because("Expected a JSON object")));
        }
        return parameters;
    }
}
