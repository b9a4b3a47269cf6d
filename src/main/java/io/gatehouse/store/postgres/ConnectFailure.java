package io.gatehouse.store.postgres;

import io.gatehouse.config.PostgresConfig;
import io.vertx.core.VertxException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reports that a connection to PostgreSQL could not be opened. The message is the reason for the operator. */
final class ConnectFailure extends IOException {
    private static final long serialVersionUID = 1L;

    ConnectFailure(String reason) {
        super(reason);
    }

    private ConnectFailure(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** Adds the reason to a failure of either driver. Returns the failure itself if its message is the reason. */
    static Throwable explained(Throwable failure, PostgresConfig config) {
        String reason = failure instanceof ConnectFailure ? null : reason(failure, config);
        return reason == null ? failure : new ConnectFailure(reason, failure);
    }

    /** Explains a failed TLS handshake. */
    static ConnectFailure ofHandshake(Throwable failure, PostgresConfig config) {
        String reason = reason(failure, config);
        return new ConnectFailure(reason == null ? "the server ended the TLS handshake" : reason, failure);
    }

    /**
     * Explains a failure between the handshake and the session. The alert with which a server rejects a certificate is often
     * lost, because the server closes the connection while the client is writing.
     */
    static Throwable ofStartUp(Throwable failure, PostgresConfig config) {
        Throwable explained = explained(failure, config);
        return explained != failure || config.tls().client() == null || !isDisconnected(failure)
                ? explained
                : new ConnectFailure(
                        "the server ended the connection, as it does where it does not accept the certificate of sslcert",
                        failure);
    }

    private static boolean isDisconnected(Throwable failure) {
        return failure instanceof VertxException
                || find(failure, SocketException.class) != null
                || find(failure, EOFException.class) != null;
    }

    static ConnectFailure withoutTls(PostgresConfig config) {
        return new ConnectFailure(
                "the server does not support TLS, which sslmode=" + config.tls().mode() + " asks for");
    }

    /** Explains a connection that lost the parameters of its session. */
    static String ofPooler() {
        return "the server is a connection pooler, such as PgBouncer, which does not keep a session:"
                + " set postgres.url to PostgreSQL itself";
    }

    /** The reason, if it is the host name, a pooler or TLS. */
    private static @Nullable String reason(Throwable failure, PostgresConfig config) {
        if (String.valueOf(failure.getMessage()).contains("unsupported startup parameter")) {
            return ofPooler();
        }
        if (find(failure, UnknownHostException.class) != null) {
            return "unknown host " + config.host();
        }
        CertificateException certificate = find(failure, CertificateException.class);
        if (certificate != null) {
            return certificate.getMessage();
        }
        SSLException tls = find(failure, SSLException.class);
        return tls == null ? null : alert(String.valueOf(tls.getMessage()), config);
    }

    /**
     * Explains an alert. With TLS 1.3, a server rejects the client's certificate after the client's handshake (RFC 8446 §6.2).
     */
    private static String alert(String message, PostgresConfig config) {
        if (!message.contains("unknown_ca") && !message.contains("certificate")) {
            return "TLS failed: " + message;
        }
        return (config.tls().client() == null
                        ? "the server asks for a client certificate, set sslcert and sslkey: "
                        : "the server does not accept the certificate of sslcert: ")
                + message;
    }

    /** The outermost cause of a type. */
    static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
        }
        return null;
    }
}
