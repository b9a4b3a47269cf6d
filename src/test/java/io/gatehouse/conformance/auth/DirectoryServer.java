package io.gatehouse.conformance.auth;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.testing.Authority;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Runs an LDAP server on a real socket, counts the binds that reach it, and holds them until a test releases them. */
final class DirectoryServer implements AutoCloseable {
    static final String BASE = "ou=people,dc=example,dc=com";

    private final InMemoryDirectoryServer server;
    private final AtomicInteger binds = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile @Nullable ResultCode failure;

    private DirectoryServer(InMemoryListenerConfig listener) throws LDAPException {
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=com");
        config.setSchema(null);
        config.setListenerConfigs(listener);
        config.addInMemoryOperationInterceptor(new Observer());
        server = new InMemoryDirectoryServer(config);
        server.add(new Entry("dc=example,dc=com", new Attribute("objectClass", "top", "domain")));
        server.add(new Entry(BASE, new Attribute("objectClass", "top", "organizationalUnit")));
        server.startListening();
    }

    /** Starts a server in clear text, without StartTLS. */
    static DirectoryServer plain() {
        try {
            return new DirectoryServer(
                    InMemoryListenerConfig.createLDAPConfig("plain", InetAddress.getLoopbackAddress(), 0, null));
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a server in clear text that upgrades to TLS. */
    static DirectoryServer startTls(Authority.Issued certificate) {
        try {
            return new DirectoryServer(InMemoryListenerConfig.createLDAPConfig(
                    "plain",
                    InetAddress.getLoopbackAddress(),
                    0,
                    context(certificate).getSocketFactory()));
        } catch (LDAPException | GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static DirectoryServer ldaps(Authority.Issued certificate) {
        try {
            return new DirectoryServer(InMemoryListenerConfig.createLDAPSConfig(
                    "tls",
                    InetAddress.getLoopbackAddress(),
                    0,
                    context(certificate).getServerSocketFactory(),
                    null));
        } catch (LDAPException | GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext context(Authority.Issued issued) throws GeneralSecurityException, IOException {
        char[] password = "password".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "server",
                issued.keys().getPrivate(),
                password,
                PemCertificate.chain(issued.certificate()).toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private final class Observer extends InMemoryOperationInterceptor {
        @Override
        public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) throws LDAPException {
            binds.incrementAndGet();
            try {
                if (!gate.await(60, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the test has not released its binds");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            ResultCode code = failure;
            if (code != null) {
                throw new LDAPException(code, "a failure of the test");
            }
        }
    }

    /** Adds a user below {@link #BASE}. */
    void add(String username, String password) {
        try {
            add(new DN(new RDN("uid", username), new DN(BASE)), password);
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds an entry with a password. */
    void add(DN name, String password) {
        try {
            server.add(new Entry(
                    name, new Attribute("objectClass", "top", "person"), new Attribute("userPassword", password)));
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    void change(String username, String password) {
        try {
            server.modify(
                    "uid=" + username + "," + BASE,
                    new Modification(ModificationType.REPLACE, "userPassword", password));
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns how many binds have arrived. */
    int binds() {
        return binds.get();
    }

    /** Holds each bind from now on. */
    void hold() {
        gate = new CountDownLatch(1);
    }

    void release() {
        gate.countDown();
    }

    /** Responds to each bind with the code; null: with the result of the bind. */
    void respond(@Nullable ResultCode code) {
        failure = code;
    }

    int port() {
        return server.getListenPort();
    }

    /** Returns a configuration of the plugin for this server. */
    JsonObject config() {
        return config(port());
    }

    /** Returns a configuration of the plugin for a server on the loopback address. */
    static JsonObject config(int port) {
        return new JsonObject()
                .put("ldap_host", "localhost")
                .put("ldap_port", port)
                .put("base_dn", BASE)
                .put("attribute", "uid");
    }

    @Override
    public void close() {
        release();
        server.shutDown(true);
    }
}
