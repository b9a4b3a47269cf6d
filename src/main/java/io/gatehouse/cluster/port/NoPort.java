package io.gatehouse.cluster.port;

import com.hazelcast.cluster.Address;
import com.hazelcast.instance.AddressPicker;
import com.hazelcast.instance.EndpointQualifier;
import java.net.InetAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives a node without a cluster the address that Hazelcast requires. No port is open there. */
final class NoPort implements AddressPicker {
    /** The discard service (RFC 863), in case Hazelcast connects to its own address. */
    private static final int UNUSED = 9;

    private final Address address = new Address("127.0.0.1", InetAddress.getLoopbackAddress(), UNUSED);

    @Override
    public void pickAddress() {
        // The address is fixed.
    }

    @Override
    public Address getBindAddress(EndpointQualifier qualifier) {
        return address;
    }

    @Override
    public Address getPublicAddress(EndpointQualifier qualifier) {
        return address;
    }

    @Override
    public Map<EndpointQualifier, Address> getPublicAddressMap() {
        return Map.of(EndpointQualifier.MEMBER, address);
    }

    @Override
    public Map<EndpointQualifier, Address> getBindAddressMap() {
        return getPublicAddressMap();
    }

    @Override
    public @Nullable ServerSocketChannel getServerSocketChannel(EndpointQualifier qualifier) {
        return null;
    }

    @Override
    public Map<EndpointQualifier, ServerSocketChannel> getServerSocketChannels() {
        return Map.of();
    }
}
