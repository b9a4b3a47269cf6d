package io.gatehouse.syntax;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of a host in a configuration: a name, or an IPv4 or IPv6 address, with or without a port. Limits and violations are those
 * of Kong, so a text of digits and dots is an address or nothing.
 *
 * @param violation why the text has no such form; null if it has one
 */
public record HostForm(
        String text, Kind kind, boolean hasPort, @Nullable String violation) {

    /** Whether the characters are those of a name or of an address. The text may be neither. */
    public enum Kind {
        NAME,
        ADDRESS
    }

    private static final String INVALID_PORT = "invalid port number";
    private static final int MAX_PORT = 65_535;
    /** Fit into an int. */
    private static final int MAX_DIGITS = 9;

    private static final int OCTETS = 4;
    private static final int MAX_OCTET = 255;
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]*+:?+[0-9.]*+");
    private static final Pattern IPV4 =
            Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})(:[0-9]+)?");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]+");
    private static final Pattern PORT = Pattern.compile(":[0-9]+");

    public static HostForm of(String text) {
        if (text.indexOf(':') != text.lastIndexOf(':')) {
            return ofIpv6(text);
        }
        return NUMBERS.matcher(text).matches() ? ofIpv4(text) : ofName(text);
    }

    /** Returns why the text is no host without a port; null if it is one. */
    public @Nullable String hostViolation() {
        if (violation != null && !violation.equals(INVALID_PORT)) {
            return "invalid value: " + text;
        }
        return hasPort ? "must not have a port" : null;
    }

    /** Returns why the text is no name without a port; null if it is one. */
    public @Nullable String nameViolation() {
        return violation == null && kind == Kind.ADDRESS ? "must not be an IP" : hostViolation();
    }

    private static HostForm ofIpv4(String text) {
        Matcher parts = IPV4.matcher(text);
        boolean isAddress = parts.matches();
        for (int octet = 1; isAddress && octet <= OCTETS; octet++) {
            isAddress = Integer.parseInt(parts.group(octet)) <= MAX_OCTET;
        }
        int colon = text.indexOf(':');
        return isAddress
                ? withPort(text, Kind.ADDRESS, colon < 0 ? "" : text.substring(colon))
                : new HostForm(text, Kind.ADDRESS, false, "invalid ipv4 address: " + text);
    }

    private static HostForm ofIpv6(String text) {
        int close = text.startsWith("[") ? text.indexOf(']') : -1;
        String address = close < 0 ? text : text.substring(1, close);
        String port = close < 0 ? "" : text.substring(close + 1);
        if (!IPV6.matcher(address).matches() || IpRange.address(address) == null) {
            return new HostForm(text, Kind.ADDRESS, false, "invalid ipv6 address: " + text);
        }
        return port.isEmpty() || PORT.matcher(port).matches()
                ? withPort(text, Kind.ADDRESS, port)
                : new HostForm(text, Kind.ADDRESS, false, "invalid ipv6 address");
    }

    private static HostForm ofName(String text) {
        int colon = text.indexOf(':');
        boolean hasPort = colon >= 0 && PORT.matcher(text.substring(colon)).matches();
        HostForm form = withPort(text, Kind.NAME, hasPort ? text.substring(colon) : "");
        boolean isName = isName(hasPort ? text.substring(0, colon) : text);
        return isName || form.violation != null
                ? form
                : new HostForm(text, Kind.NAME, hasPort, "invalid hostname: " + text);
    }

    /** {@code port} is empty, or a colon and digits. */
    private static HostForm withPort(String text, Kind kind, String port) {
        boolean isPort =
                port.isEmpty() || (port.length() <= MAX_DIGITS + 1 && Integer.parseInt(port.substring(1)) <= MAX_PORT);
        return new HostForm(text, kind, !port.isEmpty(), isPort ? null : INVALID_PORT);
    }

    /** Whether the text has labels, of which the last one may be empty, and none ends with a hyphen. */
    private static boolean isName(String text) {
        char before = '.';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!PathCharacters.isUnreserved(c) || c == '~' || (c == '.' && (before == '.' || before == '-'))) {
                return false;
            }
            before = c;
        }
        return !text.isEmpty() && before != '-';
    }
}
