package io.gatehouse.proxy.head;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Names for requests: 32 hexadecimal characters that tell them apart; they protect nothing, so speed decides. */
public final class RequestIds {
    private static final HexFormat HEX = HexFormat.of();

    private RequestIds() {}

    public static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return hex(random.nextLong()) + hex(random.nextLong());
    }

    public static String hex(long value) {
        return HEX.toHexDigits(value);
    }
}
