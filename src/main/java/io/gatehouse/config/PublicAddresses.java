package io.gatehouse.config;

import java.util.Map;

/**
 * Configures the addresses that clients see and have, where balancers or port mappings stand before the proxy.
 *
 * @param realIpHeader header in which a trusted peer names the client's address
 * @param realIpRecursive whether the last address of a list that is not trusted counts, instead of the last one
 * @param ports public ports by the port of the listener
 */
public record PublicAddresses(String realIpHeader, boolean realIpRecursive, Map<Integer, Integer> ports) {
    public static final String DEFAULT_REAL_IP_HEADER = "X-Real-IP";

    public static final PublicAddresses DEFAULT = new PublicAddresses(DEFAULT_REAL_IP_HEADER, false, Map.of());

    public PublicAddresses {
        ports = Map.copyOf(ports);
    }
}
