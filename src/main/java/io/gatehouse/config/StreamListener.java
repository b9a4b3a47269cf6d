package io.gatehouse.config;

/**
 * Names a listener for connections that are not HTTP, written as in Kong's {@code stream_listen}: {@code host:port} or {@code
 * host:port ssl}.
 *
 * @param isTls whether connections begin with a TLS handshake
 */
public record StreamListener(ListenAddress address, boolean isTls) {
    private static final String TLS = " ssl";

    public static StreamListener parse(String text) {
        return text.endsWith(TLS)
                ? new StreamListener(
                        ListenAddress.parse(
                                text.substring(0, text.length() - TLS.length()).strip()),
                        true)
                : new StreamListener(ListenAddress.parse(text), false);
    }

    @Override
    public String toString() {
        return address + (isTls ? TLS : "");
    }
}
