package io.gatehouse.proxy.head;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Creates request ids: 32 random hexadecimal characters. They are no secret, so a fast generator is enough. */
public final class RequestIds {
    private static final HexFormat HEX = HexFormat.of();
    private static final int BYTES = 16;

    private RequestIds() {}

    public static String next() {
        byte[] id = new byte[BYTES];
        ThreadLocalRandom.current().nextBytes(id);
        return HEX.formatHex(id);
    }

    public static String hex(long value) {
        return HEX.toHexDigits(value);
    }
}
