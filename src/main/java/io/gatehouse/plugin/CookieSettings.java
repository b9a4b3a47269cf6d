package io.gatehouse.plugin;

import io.gatehouse.entity.plugin.field.CookieFields;
import io.gatehouse.schema.Document;
import org.jspecify.annotations.Nullable;

/**
 * Writes one cookie (RFC 6265 §4.1).
 *
 * @param secure null: if the client uses https, or the name or {@code SameSite} requires it
 */
public record CookieSettings(
        String name,
        String path,
        @Nullable String domain,
        boolean httpOnly,
        String sameSite,
        @Nullable Boolean secure) {
    /** Until the browser ends its session. */
    public static final long NO_AGE = -1;

    /** Reads the fields of a prefix, such as {@code session_cookie}. */
    public static CookieSettings of(Document config, String prefix) {
        String sameSite = config.string(prefix + "_same_site");
        return new CookieSettings(
                config.string(prefix + "_name"),
                config.string(prefix + "_path"),
                config.optionalString(prefix + "_domain"),
                config.flag(prefix + "_http_only"),
                // Browsers treat a cookie without the attribute nearly so.
                sameSite.equals("Default") ? "Lax" : sameSite,
                config.get(prefix + "_secure") instanceof Boolean isSecure ? isSecure : null);
    }

    /** Returns the same settings for another cookie. */
    public CookieSettings named(String other) {
        return new CookieSettings(other, path, domain, httpOnly, sameSite, secure);
    }

    /** Sets the cookie in the response. The value consists of letters, digits, {@code -} and {@code _}. */
    public void set(Exchange exchange, String value, long seconds) {
        StringBuilder text = new StringBuilder(name)
                .append('=')
                .append(value)
                .append("; Path=")
                .append(path);
        if (domain != null) {
            text.append("; Domain=").append(domain);
        }
        if (seconds != NO_AGE) {
            text.append("; Max-Age=").append(seconds);
        }
        if (isSecure(exchange)) {
            text.append("; Secure");
        }
        if (httpOnly) {
            text.append("; HttpOnly");
        }
        String field = text.append("; SameSite=").append(sameSite).toString();
        // Set-Cookie alone does not keep a shared cache from storing the response (RFC 9111 §7.3).
        exchange.editResponseHead(headers -> headers.add("Set-Cookie", field).set("Cache-Control", "no-store"));
    }

    public void clear(Exchange exchange) {
        set(exchange, "", 0);
    }

    private boolean isSecure(Exchange exchange) {
        if (secure != null) {
            return secure;
        }
        if (CookieFields.needsSecure(name, sameSite)) {
            return true;
        }
        String origin = PublicOrigin.of(exchange);
        return origin != null && origin.startsWith("https:");
    }
}
