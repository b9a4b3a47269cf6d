package io.gatehouse.syntax;

import io.netty.util.NetUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Matches IP addresses: one address, or all with a prefix in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3).
 *
 * <p>An IPv4 address that is mapped into IPv6 (RFC 4291 §2.5.5.2) is the IPv4 address.
 */
public final class IpRange {
    private static final int IPV6_BYTES = 16;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private final byte[] network;
    private final int bits;

    private IpRange(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /** Parses an address with or without a prefix length; null if it is malformed. */
    public static @Nullable IpRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] given = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (given == null || text.indexOf('%') >= 0) {
            return null;
        }
        int all = given.length * 8;
        int bits = slash < 0 ? all : prefix(text.substring(slash + 1), all);
        if (bits < 0) {
            return null;
        }
        byte[] network = plain(given);
        int mappedBits = (given.length - network.length) * 8;
        // A range that contains more than the mapped addresses stays one of IPv6.
        return bits < mappedBits ? new IpRange(given, bits) : new IpRange(network, bits - mappedBits);
    }

    private static int prefix(String digits, int most) {
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int bits = Integer.parseInt(digits);
        return bits <= most ? bits : -1;
    }

    /** Returns the bytes of an address; null if the text is none. */
    public static byte @Nullable [] address(String text) {
        byte[] given = NetUtil.createByteArrayFromIpAddressString(text);
        return given == null ? null : plain(given);
    }

    private static byte[] plain(byte[] address) {
        boolean isMapped =
                address.length == IPV6_BYTES && Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        return isMapped ? Arrays.copyOfRange(address, MAPPED.length, IPV6_BYTES) : address;
    }

    /** Returns whether an address, as {@link #address} returns it, is in the range. */
    public boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = bits / 8;
        int rest = bits % 8;
        return Arrays.equals(address, 0, whole, network, 0, whole)
                && (rest == 0 || ((address[whole] ^ network[whole]) & 0xFF) >> (8 - rest) == 0);
    }
}
