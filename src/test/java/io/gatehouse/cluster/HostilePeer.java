package io.gatehouse.cluster;

import com.hazelcast.internal.nio.Packet;
import com.hazelcast.internal.nio.PacketIOHelper;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Speaks Hazelcast's member protocol without being a member. */
public final class HostilePeer {
    /** Hashing the outermost set takes two to the power of this steps. */
    private static final int DEPTH = 100;

    private static final int PARTITIONS = 61;
    private static final int HEADER_BYTES = 16;
    private static final int CLOSED_MILLIS = 30_000;

    private HostilePeer() {}

    /** A class whose deserialization runs code. */
    public static final class Gadget implements Serializable {
        public static final AtomicInteger READ = new AtomicInteger();

        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            READ.incrementAndGet();
        }
    }

    /** Small to send and exponential to read: each set contains the next two sets twice. */
    static Object nestedSets() {
        Set<Object> root = new HashSet<>();
        Set<Object> one = root;
        Set<Object> other = new HashSet<>();
        for (int i = 0; i < DEPTH; i++) {
            Set<Object> first = new HashSet<>();
            Set<Object> second = new HashSet<>();
            first.add("different");
            one.add(first);
            one.add(second);
            other.add(first);
            other.add(second);
            one = first;
            other = second;
        }
        // Hazelcast has no serializer for this type and uses Java serialization, which sends each set once.
        return Collections.unmodifiableSet(root);
    }

    /** Sends the first bytes of a member, then one operation for each partition and one without a partition. */
    public static void sendOperations(Socket socket, Object content) throws IOException {
        OutputStream out = socket.getOutputStream();
        try {
            out.write("HZC".getBytes(StandardCharsets.US_ASCII));
            for (int partition = -1; partition < PARTITIONS; partition++) {
                out.write(operation(content, partition));
            }
        } catch (SocketException closed) {
            // The expected result: the member has closed the connection.
        }
    }

    /** Writes until the peer accepts no more. */
    public static void send(Socket socket, byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closed) {
            // The expected result: the member has closed the connection.
        }
    }

    static byte[] operation(Object content, int partition) {
        InternalSerializationService serialization = new DefaultSerializationServiceBuilder().build();
        byte[] bytes = serialization.toBytes(content);
        Packet packet = new Packet(bytes, partition).setPacketType(Packet.Type.OPERATION);
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + bytes.length);
        new PacketIOHelper().writeTo(packet, buffer);
        byte[] written = new byte[buffer.position()];
        buffer.flip().get(written);
        return written;
    }

    /** Waits until the peer closes the connection. */
    public static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(CLOSED_MILLIS);
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Whether the peer has closed the connection. Does not wait. */
    static boolean isOpen(Socket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException open) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }
}
