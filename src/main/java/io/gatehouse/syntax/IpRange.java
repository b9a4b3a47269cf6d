package io.gatehouse.syntax;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Matches IP addresses: one address, or all with a prefix in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3).
 *
 * <p>An IPv4 address that is mapped into IPv6 (RFC 4291 §2.5.5.2) is the IPv4 address.
 */
public final class IpRange {
    private static final int IPV6_BYTES = 16;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
    /** 64:ff9b::/96. */
    private static final byte[] TRANSLATED = {0, 0x64, -1, -101, 0, 0, 0, 0, 0, 0, 0, 0};
    /** Bytes before the interface identifier. */
    private static final int INTERFACE_AT = 8;

    private static final String OCTET = "(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
    /** Without brackets, zones and leading zeros, which other programs read as octal. */
    private static final Pattern TEXT = Pattern.compile("(?<address>" + OCTET + "(?:\\." + OCTET
            + "){3}|[0-9A-Fa-f]*:[0-9A-Fa-f.:]*)(?:/(?<bits>0|[1-9][0-9]{0,2}))?");

    private final byte[] network;
    private final int bits;

    private IpRange(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /** Parses an address with or without a prefix length; null if it is malformed. */
    public static @Nullable IpRange parse(String text) {
        Matcher parts = TEXT.matcher(text);
        byte[] given = parts.matches() ? NetUtil.createByteArrayFromIpAddressString(parts.group("address")) : null;
        if (given == null) {
            return null;
        }
        int all = given.length * 8;
        int bits = parts.group("bits") == null ? all : Integer.parseInt(parts.group("bits"));
        if (bits > all) {
            return null;
        }
        byte[] network = plain(given);
        int mappedBits = (given.length - network.length) * 8;
        // A range that contains more than the mapped addresses stays one of IPv6.
        return bits < mappedBits ? new IpRange(given, bits) : new IpRange(network, bits - mappedBits);
    }

    /** Returns the bytes of an address; null if the text is none. */
    public static byte @Nullable [] address(String text) {
        byte[] given = NetUtil.createByteArrayFromIpAddressString(text);
        return given == null ? null : plain(given);
    }

    /**
     * Returns the text of an address as browsers write it, an IPv6 address in the form of RFC 5952; null if the text is no address.
     */
    public static @Nullable String normal(String text) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
        return address == null ? null : NetUtil.bytesToIpAddress(address);
    }

    /**
     * Returns the network of an address that one client has: an IPv4 address, or a /64 of IPv6 (RFC 4291 §2.5.4), whose addresses
     * a client chooses. An IPv4 address behind a translator with the well-known prefix (RFC 6052 §2.1) is the IPv4 address, because
     * all of IPv4 is in that /64. A text that is no address is returned as it is.
     */
    public static String network(String text) {
        byte[] address = address(text);
        if (address == null) {
            return text;
        }
        if (address.length != IPV6_BYTES) {
            return NetUtil.bytesToIpAddress(address);
        }
        byte[] ipv4 = translated(address);
        return ipv4 != null
                ? NetUtil.bytesToIpAddress(ipv4)
                : NetUtil.bytesToIpAddress(Arrays.copyOf(Arrays.copyOf(address, INTERFACE_AT), IPV6_BYTES)) + "/64";
    }

    /** Returns the IPv4 address that an address with the well-known prefix stands for (RFC 6052 §2.1); null if it has another prefix. */
    public static byte @Nullable [] translated(byte[] address) {
        return isBelow(TRANSLATED, address) ? Arrays.copyOfRange(address, TRANSLATED.length, IPV6_BYTES) : null;
    }

    private static boolean isBelow(byte[] prefix, byte[] address) {
        return address.length == IPV6_BYTES && Arrays.equals(address, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] plain(byte[] address) {
        return isBelow(MAPPED, address) ? Arrays.copyOfRange(address, MAPPED.length, IPV6_BYTES) : address;
    }

    /** Returns whether the range contains more than one address. */
    public boolean hasSeveral() {
        return bits < network.length * 8;
    }

    public boolean contains(InetAddress address) {
        return contains(address.getAddress());
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
