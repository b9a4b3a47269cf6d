package io.gatehouse.cluster.port;

import io.gatehouse.cluster.HostilePeer;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;

/** A member's connection as an attacker in the network sees it, who may inject bytes. */
final class RecordedConnection implements AutoCloseable {
    private final Identity identity;
    private final Recording socket;
    private final SSLSocket tls;

    RecordedConnection(Identity identity, int port) throws IOException {
        this.identity = identity;
        socket = new Recording(port);
        tls = (SSLSocket)
                new MemberTls(identity).context().getSocketFactory().createSocket(socket, "127.0.0.1", port, true);
        tls.setEnabledProtocols(new String[] {"TLSv1.3"});
    }

    /** The first bytes of a handshake. */
    byte[] hello() throws IOException {
        SSLEngine engine = new MemberTls(identity).engine(true);
        ByteBuffer bytes = ByteBuffer.allocate(TlsRecord.bufferBytes(engine));
        engine.wrap(ByteBuffer.allocate(0), bytes);
        byte[] hello = new byte[bytes.flip().remaining()];
        bytes.get(hello);
        return hello;
    }

    /** Completes the handshake of a member, up to the first byte for Hazelcast. */
    void authenticate() throws IOException {
        InputStream in = tls.getInputStream();
        tls.getOutputStream().write(Introduction.CURRENT.encoded());
        in.readNBytes(Introduction.CURRENT.encoded().length);
        tls.getOutputStream().write("HZC".getBytes(StandardCharsets.US_ASCII));
        in.readNBytes("HZC".length());
    }

    void inject(byte[] bytes) throws IOException {
        socket.plain().write(bytes);
    }

    boolean isEnded() {
        return HostilePeer.isClosed(tls);
    }

    byte[] sent() {
        return socket.recorded.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Recording extends Socket {
        private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();

        Recording(int port) throws IOException {
            super(InetAddress.getLoopbackAddress(), port);
        }

        OutputStream plain() throws IOException {
            return super.getOutputStream();
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int from, int count) throws IOException {
                    recorded.write(bytes, from, count);
                    out.write(bytes, from, count);
                }

                @Override
                public void write(int next) throws IOException {
                    recorded.write(next);
                    out.write(next);
                }
            };
        }
    }
}
