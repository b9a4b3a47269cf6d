package io.gatehouse.launch.settings;

import io.gatehouse.config.PostgresTls;
import io.gatehouse.config.PostgresTls.Mode;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.tls.PemPrivateKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of {@code postgres.url}, with libpq's names and meaning.
 *
 * <p><i>Invariant</i>: a parameter is supported only if the pool and the migrations both apply it.
 */
final class PostgresParameters {
    private static final String SSLMODE = "sslmode";
    private static final String SSLROOTCERT = "sslrootcert";
    private static final String SSLCERT = "sslcert";
    private static final String SSLKEY = "sslkey";

    private static final List<String> TLS = List.of(SSLMODE, SSLROOTCERT, SSLCERT, SSLKEY);
    private static final List<String> SESSION = List.of("application_name", "options", "search_path");

    /** Value of sslrootcert that selects the platform's authorities instead of a file. */
    private static final String SYSTEM = "system";

    private final String source;
    private final Map<String, String> values = new TreeMap<>();

    private PostgresParameters(String source) {
        this.source = source;
    }

    /** {@code source} is the variable or file that contains the URL. */
    static PostgresParameters of(PostgresUrl url, String source) throws ConfigException {
        PostgresParameters parameters = new PostgresParameters(source);
        for (Map.Entry<String, String> parameter : url.parameters()) {
            parameters.add(parameter.getKey(), parameter.getValue());
        }
        return parameters;
    }

    private void add(String name, String value) throws ConfigException {
        if (!TLS.contains(name) && !SESSION.contains(name)) {
            throw mistake("the parameter " + RawSettings.quote(name) + " is not supported, expected one of "
                    + String.join(
                            ", ", Stream.concat(TLS.stream(), SESSION.stream()).toList()));
        }
        if (value.isBlank()) {
            throw mistake("the parameter " + name + " is empty");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw mistake("the parameter " + name + " contains a control character");
        }
        if (values.put(name, value) != null) {
            throw mistake("the parameter " + name + " is set twice");
        }
    }

    /** Returns the settings of the session. */
    Map<String, String> session() {
        Map<String, String> session = new HashMap<>(values);
        session.keySet().retainAll(SESSION);
        return session;
    }

    PostgresTls tls() throws ConfigException {
        Mode mode = mode();
        String root = values.get(SSLROOTCERT);
        if (root == null && mode.verifies()) {
            throw mistake("sslmode=" + mode + " needs sslrootcert, expected a PEM file of authorities"
                    + (mode == Mode.VERIFY_FULL ? " or system" : ""));
        }
        if (root != null && !mode.verifies()) {
            throw mistake("sslrootcert is set and sslmode=" + mode
                    + " does not verify, expected sslmode=verify-full, verify-ca or require");
        }
        if (SYSTEM.equals(root) && mode != Mode.VERIFY_FULL) {
            // A public authority issues certificates to everyone, so only the name identifies the server.
            throw mistake("sslrootcert=system needs sslmode=verify-full");
        }
        return new PostgresTls(mode, root == null ? List.of() : authorities(root), client(mode));
    }

    private Mode mode() throws ConfigException {
        boolean rooted = values.containsKey(SSLROOTCERT);
        String given = values.get(SSLMODE);
        if (given == null) {
            return SYSTEM.equals(values.get(SSLROOTCERT)) ? Mode.VERIFY_FULL : Mode.PREFER;
        }
        for (Mode mode : Mode.values()) {
            if (mode.toString().equals(given)) {
                return mode == Mode.REQUIRE && rooted ? Mode.VERIFY_CA : mode;
            }
        }
        throw mistake("sslmode=" + RawSettings.quote(given) + " is not supported, expected one of "
                + String.join(", ", Stream.of(Mode.values()).map(Mode::toString).toList()));
    }

    private List<X509Certificate> authorities(String root) throws ConfigException {
        return root.equals(SYSTEM) ? platformAuthorities() : certificates(SSLROOTCERT, root);
    }

    private List<X509Certificate> platformAuthorities() throws ConfigException {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init((KeyStore) null);
            return Stream.of(factory.getTrustManagers())
                    .flatMap(manager -> Stream.of(((X509TrustManager) manager).getAcceptedIssuers()))
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new ConfigException(prefix() + "sslrootcert=system: this Java has no authorities", e);
        }
    }

    private PostgresTls.@Nullable ClientKey client(Mode mode) throws ConfigException {
        String certificate = values.get(SSLCERT);
        String key = values.get(SSLKEY);
        if ((certificate == null) != (key == null)) {
            throw mistake((key == null ? SSLKEY : SSLCERT) + " is not set, expected it together with "
                    + (key == null ? SSLCERT : SSLKEY));
        }
        if (certificate == null || key == null) {
            return null;
        }
        if (mode == Mode.DISABLE) {
            throw mistake("sslcert is set, but sslmode=disable does not use it");
        }
        List<X509Certificate> chain = certificates(SSLCERT, certificate);
        PrivateKey privateKey = PemPrivateKey.parse(read(SSLKEY, key));
        if (privateKey == null) {
            throw mistake(SSLKEY + ": " + RawSettings.printable(key)
                    + " contains no private key, expected PEM (PKCS #8, PKCS #1 or SEC 1) without a passphrase");
        }
        if (!PemPrivateKey.isPair(chain.get(0).getPublicKey(), privateKey)) {
            throw mistake(SSLKEY + ": " + RawSettings.printable(key) + " is not the key of sslcert "
                    + RawSettings.printable(certificate));
        }
        return new PostgresTls.ClientKey(chain, privateKey);
    }

    private List<X509Certificate> certificates(String parameter, String file) throws ConfigException {
        List<X509Certificate> certificates = PemCertificate.chain(read(parameter, file));
        if (certificates.isEmpty()) {
            throw mistake(parameter + ": " + RawSettings.printable(file)
                    + " contains no certificate or a malformed one," + " expected a PEM file");
        }
        return certificates;
    }

    private String read(String parameter, String file) throws ConfigException {
        try {
            Path path = Path.of(file);
            if (Files.isRegularFile(path)) {
                // PEM is ASCII, but the text around it may have any encoding.
                return Files.readString(path, StandardCharsets.ISO_8859_1);
            }
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException(unreadable(parameter, file), e);
        }
        throw new ConfigException(unreadable(parameter, file));
    }

    private String unreadable(String parameter, String file) {
        return prefix() + parameter + ": " + RawSettings.printable(file) + " cannot be read, expected a PEM file";
    }

    private ConfigException mistake(String what) {
        return new ConfigException(prefix() + what);
    }

    private String prefix() {
        return Settings.POSTGRES_URL.key() + " (from " + source + "): ";
    }
}
