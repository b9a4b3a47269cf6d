package io.gatehouse.proxy.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The first bytes of TLS connections. */
final class Hello {
    private static final int RECORD_HEADER = 5;
    private static final int SMALL = 8;

    private Hello() {}

    /** Returns the record of a ClientHello with a server name, as the JDK sends it. */
    static byte[] of(String name) throws SSLException {
        SSLEngine engine = StreamNode.engine(name);
        engine.beginHandshake();
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    /** Returns the same ClientHello in records of eight bytes each. */
    static byte[] inSmallRecords(String name) throws SSLException {
        return inRecords(name, SMALL);
    }

    /** Returns the same ClientHello in records of so many bytes. Netty requires the first four in one record. */
    static byte[] inRecords(String name, int size) throws SSLException {
        byte[] whole = of(name);
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        int length;
        for (int i = RECORD_HEADER; i < whole.length; i += length) {
            length = Math.min(i == RECORD_HEADER ? SMALL : size, whole.length - i);
            records.write(whole, 0, RECORD_HEADER - 2);
            records.write(0);
            records.write(length);
            records.write(whole, i, length);
        }
        return records.toByteArray();
    }

    /** Returns the beginning of a ClientHello of so many bytes. */
    static byte[] announcing(int length) {
        return new byte[] {22, 3, 1, 0x40, 0, 1, (byte) (length >> 16), (byte) (length >> 8), (byte) length, 3, 3};
    }
}
