package io.gatehouse.syntax;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The server that a URL names.
 *
 * <p><i>Why</i>: {@link URI#getHost} is null for a name with an underscore, which containers of one network often have.
 *
 * @param host an IPv6 address keeps its brackets
 * @param port {@link #NO_PORT} if the URL has none
 * @param userInfo decoded; null if the URL has none
 */
public record UrlServer(String host, int port, @Nullable String userInfo) {
    public static final int NO_PORT = -1;

    /** Returns the server of a URL; null if it names none. */
    public static @Nullable UrlServer of(URI url) {
        if (url.getHost() != null) {
            return new UrlServer(url.getHost(), url.getPort(), url.getUserInfo());
        }
        String authority = url.getRawAuthority();
        if (authority == null) {
            return null;
        }
        // A host with a second @ is malformed: clients disagree on where it begins.
        String server = authority.substring(authority.indexOf('@') + 1);
        HostForm form = HostForm.of(server);
        if (form.violation() != null || form.kind() != HostForm.Kind.NAME) {
            return null;
        }
        int hostEnd = form.hasPort() ? server.indexOf(':') : server.length();
        int port = form.hasPort() ? Integer.parseInt(server.substring(hostEnd + 1)) : NO_PORT;
        // No escape is in the host, so decoding leaves the last @ before it.
        int userEnd = url.getAuthority().lastIndexOf('@');
        return new UrlServer(
                server.substring(0, hostEnd),
                port,
                userEnd < 0 ? null : url.getAuthority().substring(0, userEnd));
    }
}
