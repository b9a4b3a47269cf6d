package io.gatehouse.store.postgres;

import io.gatehouse.config.PostgresTls;
import io.gatehouse.config.PostgresTls.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Creates TLS sockets for the JDBC driver with the pool's certificates and verification. The driver's own factory reads keys in
 * other formats and verifies names by other rules.
 *
 * <p><i>Threading</i>: the driver creates an instance by the name of the class, on the thread that connects. A {@link Loan}
 * passes the settings to that thread.
 */
public final class JdbcSockets extends SSLSocketFactory {
    private static final ThreadLocal<Loan> LENT = new ThreadLocal<>();

    private final PostgresTls tls;
    private final SSLSocketFactory sockets;

    /** Called by the driver. */
    public JdbcSockets() throws GeneralSecurityException {
        Loan loan = Objects.requireNonNull(LENT.get());
        loan.taken = true;
        tls = loan.tls;
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                tls.client() == null ? null : new KeyManager[] {new ClientIdentity(tls.client())},
                new TrustManager[] {new ServerTrust(tls)},
                null);
        sockets = context.getSocketFactory();
    }

    /** Holds the settings for the connections that one thread opens. */
    static final class Loan implements AutoCloseable {
        private final PostgresTls tls;
        private boolean taken;

        Loan(PostgresTls tls) {
            this.tls = tls;
            LENT.set(this);
        }

        /** Whether the server accepted TLS: only then does the driver create a socket. */
        boolean isTaken() {
            return taken;
        }

        @Override
        public void close() {
            LENT.remove();
        }
    }

    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
        SSLSocket socket = (SSLSocket) sockets.createSocket(connected, host, port, autoClose);
        if (tls.mode() == Mode.VERIFY_FULL) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm(TlsOptions.VERIFY_NAME);
            socket.setSSLParameters(parameters);
        }
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }
}
