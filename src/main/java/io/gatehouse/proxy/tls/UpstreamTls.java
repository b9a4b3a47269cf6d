package io.gatehouse.proxy.tls;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.CaCertificate;
import io.gatehouse.entity.Service;
import io.gatehouse.entity.Upstream;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.upstream.ClientCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Builds the TLS options of a Service: which certificates the gateway trusts, and which one it presents
 * (docs/reference/proxy.md#tls-to-upstreams).
 */
public final class UpstreamTls {
    private UpstreamTls() {}

    /**
     * Returns the options. Equal settings give equal options across configurations, because they are part of the pool's key.
     */
    public static ClientSSLOptions options(Service service, @Nullable Upstream upstream, Catalog catalog) {
        ClientSSLOptions options = new ClientSSLOptions();
        if (service.tlsVerify()) {
            List<String> authorities = service.caCertificateIds().stream()
                    .map(catalog::caCertificate)
                    .flatMap(Optional::stream)
                    .map(CaCertificate::cert)
                    .toList();
            options.setHostnameVerificationAlgorithm("HTTPS")
                    .setTrustOptions(
                            new Trust(authorities, !service.caCertificateIds().isEmpty(), service.tlsVerifyDepth()));
        } else {
            // As in Kong, the certificate is verified only if the Service enables it.
            options.setTrustAll(true).setHostnameVerificationAlgorithm("");
        }
        UUID shown = service.clientCertificateId() != null || upstream == null
                ? service.clientCertificateId()
                : upstream.clientCertificateId();
        catalog.certificate(shown).map(ClientCertificate::of).ifPresent(options::setKeyCertOptions);
        return options;
    }

    /**
     * The certificate authorities that are trusted for an upstream.
     *
     * @param authorities in PEM
     * @param onlyThese whether the platform's authorities are not trusted, because the Service names its own
     * @param depth intermediate certificates at most; null for the platform's limit
     */
    private record Trust(
            List<String> authorities,
            boolean onlyThese,
            @Nullable Integer depth) implements TrustOptions {
        @Override
        public TrustOptions copy() {
            return this;
        }

        @Override
        public TrustManagerFactory getTrustManagerFactory(Vertx vertx) throws GeneralSecurityException {
            Set<TrustAnchor> anchors = new HashSet<>();
            authorities.forEach(
                    pem -> PemCertificate.chain(pem).forEach(one -> anchors.add(new TrustAnchor(one, null))));
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            if (!onlyThese) {
                factory.init((KeyStore) null);
                for (TrustManager manager : factory.getTrustManagers()) {
                    for (X509Certificate one : ((X509TrustManager) manager).getAcceptedIssuers()) {
                        anchors.add(new TrustAnchor(one, null));
                    }
                }
            }
            if (anchors.isEmpty()) {
                throw new GeneralSecurityException("the configuration has none of the Service's CA certificates");
            }
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setRevocationEnabled(false);
            factory.init(new CertPathTrustManagerParameters(parameters));
            if (depth != null) {
                parameters.setMaxPathLength(depth);
                return wrapped(new ShortChains(delegate(factory), parameters), vertx);
            }
            return factory;
        }

        private static X509TrustManager delegate(TrustManagerFactory factory) {
            return (X509TrustManager) factory.getTrustManagers()[0];
        }

        private static TrustManagerFactory wrapped(TrustManager manager, Vertx vertx) throws GeneralSecurityException {
            try {
                return TrustOptions.wrap(manager).getTrustManagerFactory(vertx);
            } catch (GeneralSecurityException e) {
                throw e;
            } catch (Exception e) {
                throw new GeneralSecurityException(e);
            }
        }

        @Override
        public Function<String, TrustManager[]> trustManagerMapper(Vertx vertx) throws GeneralSecurityException {
            TrustManager[] managers = getTrustManagerFactory(vertx).getTrustManagers();
            return name -> managers;
        }
    }

    /**
     * Trusts what another trust manager trusts, if the chain is short enough. The other one validates the chain as it is sent,
     * without a limit.
     */
    private record ShortChains(X509TrustManager delegate, PKIXBuilderParameters parameters)
            implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            delegate.checkServerTrusted(chain, authType);
            PKIXBuilderParameters own = (PKIXBuilderParameters) parameters.clone();
            X509CertSelector leaf = new X509CertSelector();
            leaf.setCertificate(chain[0]);
            own.setTargetCertConstraints(leaf);
            try {
                own.addCertStore(
                        CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(chain))));
                CertPathBuilder.getInstance("PKIX").build(own);
            } catch (GeneralSecurityException e) {
                throw new CertificateException("no chain of at most " + own.getMaxPathLength() + " intermediates", e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            delegate.checkClientTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return delegate.getAcceptedIssuers();
        }
    }
}
