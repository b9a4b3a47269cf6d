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

    /** A class that acts when an attacker's bytes are read. */
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

    /** Small to send, and endless to read: each set contains the same two sets of the next. */
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
        // Hazelcast has no serializer of its own for it, and leaves it to Java's, which sends each set once.
        return Collections.unmodifiableSet(root);
    }

    /** The first bytes of a member, and an operation for each partition and for none. */
    public static void sendOperations(Socket socket, Object content) throws IOException {
        OutputStream out = socket.getOutputStream();
        try {
            out.write("HZC".getBytes(StandardCharsets.US_ASCII));
            for (int partition = -1; partition < PARTITIONS; partition++) {
                out.write(operation(content, partition));
            }
        } catch (SocketException closed) {
            // As it should be.
        }
    }

    /** As much as the other side takes. */
    public static void send(Socket socket, byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closed) {
            // As it should be.
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

    /** Waits for the other side to close. */
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

    /** Without waiting. */
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
