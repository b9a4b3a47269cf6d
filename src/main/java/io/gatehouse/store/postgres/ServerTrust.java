package io.gatehouse.store.postgres;

import io.gatehouse.config.PostgresTls;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Verifies the certificate of the database server, for both drivers. The message of each failure is for the operator.
 *
 * <p><i>Why</i>: the platform's manager accepts an expired certificate that is itself among the authorities, and a chain
 * to an expired authority. libpq accepts neither.
 *
 * <p>The name is verified if the engine or socket has an endpoint identification algorithm, which is set for
 * {@code verify-full} only.
 */
final class ServerTrust extends X509ExtendedTrustManager {
    private final PostgresTls tls;

    ServerTrust(PostgresTls tls) {
        this.tls = tls;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (tls.mode().verifies()) {
            verifyChain(chain, authType);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (tls.mode().verifies()) {
            X509ExtendedTrustManager platform = verifyChain(chain, authType);
            try {
                platform.checkServerTrusted(chain, authType, engine);
            } catch (CertificateException e) {
                throw wrongName(e, engine.getPeerHost());
            }
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        if (tls.mode().verifies()) {
            X509ExtendedTrustManager platform = verifyChain(chain, authType);
            try {
                platform.checkServerTrusted(chain, authType, socket);
            } catch (CertificateException e) {
                throw wrongName(e, ((SSLSocket) socket).getHandshakeSession().getPeerHost());
            }
        }
    }

    private X509ExtendedTrustManager verifyChain(X509Certificate[] chain, String authType) throws CertificateException {
        X509ExtendedTrustManager platform = platform();
        try {
            chain[0].checkValidity();
            platform.checkServerTrusted(chain, authType);
            return platform;
        } catch (CertificateException e) {
            throw explained(e, chain[0]);
        }
    }

    /** Creates the platform's manager, with the authorities that are valid now. */
    private X509ExtendedTrustManager platform() throws CertificateException {
        Set<TrustAnchor> anchors = tls.authorities().stream()
                .filter(ServerTrust::isValid)
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet());
        if (anchors.isEmpty()) {
            throw new CertificateException("every authority of sslrootcert has expired or is not valid yet");
        }
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setRevocationEnabled(false);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new CertificateException("certificates cannot be verified by this Java", e);
        }
    }

    private static boolean isValid(X509Certificate authority) {
        try {
            authority.checkValidity();
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static CertificateException explained(CertificateException failure, X509Certificate server) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || isReason(cause, BasicReason.EXPIRED)) {
                return new CertificateException("the certificate of the server has expired", failure);
            }
            if (cause instanceof CertificateNotYetValidException || isReason(cause, BasicReason.NOT_YET_VALID)) {
                return new CertificateException(
                        "the certificate of the server is not valid before "
                                + server.getNotBefore().toInstant(),
                        failure);
            }
        }
        return new CertificateException(
                "the certificate of the server is not trusted: no authority of sslrootcert has issued it", failure);
    }

    private static boolean isReason(Throwable failure, BasicReason reason) {
        return failure instanceof CertPathValidatorException invalid && invalid.getReason() == reason;
    }

    private static CertificateException wrongName(CertificateException failure, String host) {
        return new CertificateException("the certificate of the server does not name the host " + host, failure);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only servers are verified");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return List.copyOf(tls.authorities()).toArray(X509Certificate[]::new);
    }
}
