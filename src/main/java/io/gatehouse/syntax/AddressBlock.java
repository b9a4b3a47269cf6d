package io.gatehouse.syntax;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Matches IP addresses: a single one, or those of a CIDR block. An IPv4 address in IPv6 form counts as the IPv4 address. */
public final class AddressBlock {
    private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f:][0-9A-Fa-f.:]{1,44})(?:/(0|[1-9]\\d{0,2}))?");
    private static final String OCTET = "(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final int BYTE = 8;

    private final byte[] address;
    /** The number of leading bits that have to be equal. */
    private final int prefixBits;

    private AddressBlock(byte[] address, int prefixBits) {
        this.address = address;
        this.prefixBits = prefixBits;
    }

    /** Returns the block of an address or of CIDR notation; null if the text is neither. */
    public static @Nullable AddressBlock parse(String text) {
        Matcher parts = TEXT.matcher(text);
        byte[] address = parts.matches() ? bytes(parts.group(1)) : null;
        if (address == null) {
            return null;
        }
        int all = address.length * BYTE;
        int bits = parts.group(2) == null ? all : Integer.parseInt(parts.group(2));
        return bits <= all ? new AddressBlock(address, bits) : null;
    }

    /** Returns the bytes of a literal; null if it is none. The JDK resolves no name: the text has a colon, or is an IPv4 address. */
    private static byte @Nullable [] bytes(String literal) {
        if (literal.indexOf(':') < 0 && !IPV4.matcher(literal).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException malformed) {
            return null;
        }
    }

    /** Whether the block contains more than one address. */
    public boolean isRange() {
        return prefixBits < address.length * BYTE;
    }

    /** Whether the block contains an address. An address of the other family is in no block. */
    public boolean contains(InetAddress candidate) {
        byte[] other = candidate.getAddress();
        if (other.length != address.length) {
            return false;
        }
        int whole = prefixBits / BYTE;
        for (int i = 0; i < whole; i++) {
            if (address[i] != other[i]) {
                return false;
            }
        }
        int rest = prefixBits % BYTE;
        return rest == 0 || ((address[whole] ^ other[whole]) & 0xFF) >> (BYTE - rest) == 0;
    }
}
