package io.gatehouse.config;

/** Names where a listener binds, written {@code host:port}. Port 0 selects any free port. */
public record ListenAddress(String host, int port) {
    public ListenAddress {
        if (host.isBlank()) {
            throw new IllegalArgumentException("a listen address needs a host");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is between 0 and 65535");
        }
    }

    /** Parses {@code host:port} or {@code [ipv6]:port}. */
    public static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("expected host:port");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new ListenAddress(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a number after the last colon", e);
        }
    }

    /** Returns whether only this machine can reach the listener. */
    public boolean isLoopback() {
        // 127.0.0.0/8 is loopback. The pattern excludes host names that begin with "127.".
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** Returns the address for a client on this machine: localhost in place of a wildcard address. */
    public ListenAddress callable() {
        return isWildcard() ? new ListenAddress("localhost", port) : this;
    }

    /** Returns whether the listener is on every address of this machine. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /** Returns the callable address, by name if it is of this machine: certificates have localhost rather than 127.0.0.1. */
    public ListenAddress callableByName() {
        return isLoopback() ? new ListenAddress("localhost", port) : callable();
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
