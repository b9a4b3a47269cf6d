package bench;

import java.nio.file.Path;
import java.util.List;

/** A PKCS #12 file with a self-signed certificate for a P-256 key, as a node of Gatehouse creates one for itself. */
record KeyFile(Path path) {
    static final String PASSWORD = "bench-password";

    static KeyFile create(Processes processes) {
        Path path = processes.work().resolve("tls.p12").toAbsolutePath();
        processes.run(
                "keytool",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "bench",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-sigalg",
                        "SHA256withECDSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        path.toString()));
        return new KeyFile(path);
    }
}
