package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.testing.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests valid and invalid values of {@code postgres.url}. */
class DatabaseUrlTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void userAndPasswordAreRemovedFromTheDatabaseUrl() throws Exception {
        PostgresConfig postgres = load("postgres.url: postgresql://al%40ice:pa%2Fss+word@db/gw?sslmode=require")
                .postgres();

        assertThat(postgres)
                .isEqualTo(new PostgresConfig(
                        "postgresql://db:5432/gw",
                        "al@ice",
                        "pa/ss+word",
                        10,
                        false,
                        new PostgresTls(PostgresTls.Mode.REQUIRE, List.of(), null),
                        Map.of()));
    }

    @Test
    void theParametersOfTheDatabaseUrlSelectTlsAndTheDefaultIsPrefer() throws Exception {
        String root = Files.writeString(directory.resolve("ca.pem"), Pem.read("authority.pem"))
                .toString();

        assertThat(mode("")).isEqualTo(PostgresTls.Mode.PREFER);
        assertThat(mode("?sslmode=disable")).isEqualTo(PostgresTls.Mode.DISABLE);
        assertThat(mode("?sslmode=require")).isEqualTo(PostgresTls.Mode.REQUIRE);
        assertThat(mode("?sslmode=require&sslrootcert=" + root)).isEqualTo(PostgresTls.Mode.VERIFY_CA);
        assertThat(mode("?sslrootcert=" + root + "&sslmode=verify-full")).isEqualTo(PostgresTls.Mode.VERIFY_FULL);
        assertThat(mode("?sslrootcert=system")).isEqualTo(PostgresTls.Mode.VERIFY_FULL);
    }

    private PostgresTls.Mode mode(String parameters) throws Exception {
        return load("", Map.of("GATEHOUSE_POSTGRES_URL", "postgresql://db/gw" + parameters))
                .postgres()
                .tls()
                .mode();
    }

    @Test
    void sessionParametersAreReadFromTheDatabaseUrl() throws Exception {
        assertThat(
                        load("postgres.url: postgresql://db/gw?application_name=a+b&search_path=x%2Cy&options=-c%20geqo%3Doff")
                                .postgres()
                                .parameters())
                .isEqualTo(Map.of("application_name", "a+b", "search_path", "x,y", "options", "-c geqo=off"));
    }

    @Test
    void postgresUserOverridesTheUserOfTheDatabaseUrl() throws Exception {
        assertThat(load("postgres: {url: 'postgresql://alice@db/gw', user: bob}")
                        .postgres()
                        .user())
                .isEqualTo("bob");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://root:hunter2@db/gw",
                "postgresql://root:hunter2@db",
                "postgresql://root:hunter2@/gw",
                "postgresql://root:hunter2@db/gw/more",
                "postgresql://root:hunter2@db:0/gw",
                "postgresql://root:hunter2@db:65536/gw",
                "postgresql://root:hunter2@db/g%00w",
                "root:hunter2@db/gw",
                "postgresql://root:hunter2@db/g w",
                // The chart adds ?sslmode=require to the URL of the Secret.
                "postgresql://root:hunter2@db/gw?application_name=gw?sslmode=require"
            })
    void anInvalidDatabaseUrlIsNotPrintedBecauseItMayContainAPassword(String url) throws Exception {
        assertThat(mistake(url))
                .isEqualTo("postgres.url (from GATEHOUSE_POSTGRES_URL): the value (not shown here) is not valid,"
                        + " expected postgresql://host[:port]/database");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "foo=bar                   | the parameter \"foo\" is not supported, expected one of sslmode, sslrootcert,",
                "foo                       | the parameter \"foo\" is not supported",
                "SSLMODE=disable           | the parameter \"SSLMODE\" is not supported",
                "%73slmode=banana          | sslmode=\"banana\" is not supported, expected one of disable, prefer, require,",
                "sslmode=allow             | sslmode=\"allow\" is not supported",
                "sslmode=VERIFY-FULL       | sslmode=\"VERIFY-FULL\" is not supported",
                "sslmode=verify_full       | sslmode=\"verify_full\" is not supported",
                "sslmode=                  | the parameter sslmode is empty",
                "sslmode=require&sslmode=disable | the parameter sslmode is set twice",
                "sslmode=require&          | the parameter \"\" is not supported",
                "application_name=a%00user | the parameter application_name contains a control character",
                "host=other                | the parameter \"host\" is not supported",
                "connect_timeout=2         | the parameter \"connect_timeout\" is not supported",
                "password=hunter2          | the parameter \"password\" is not supported",
                "sslmode=verify-full       | sslmode=verify-full needs sslrootcert, expected a PEM file of authorities or system",
                "sslmode=verify-ca         | sslmode=verify-ca needs sslrootcert, expected a PEM file of authorities",
                "sslrootcert=/ca.pem       | sslrootcert is set and sslmode=prefer does not verify",
                "sslmode=disable&sslrootcert=/ca.pem | sslrootcert is set and sslmode=disable does not verify",
                "sslmode=require&sslrootcert=system  | sslrootcert=system needs sslmode=verify-full",
                "sslmode=require&sslrootcert=/nowhere.pem | sslrootcert: /nowhere.pem cannot be read, expected a PEM file",
                "sslmode=require&sslrootcert=/            | sslrootcert: / cannot be read, expected a PEM file",
                "sslcert=/nowhere.pem      | sslkey is not set, expected it together with sslcert",
                "sslkey=/nowhere.key       | sslcert is not set, expected it together with sslkey",
                "sslcert=/nowhere.pem&sslkey=/nowhere.key | sslcert: /nowhere.pem cannot be read, expected a PEM file",
                "sslmode=disable&sslcert=/a&sslkey=/b     | sslcert is set, but sslmode=disable does not use it"
            })
    void anUnsupportedParameterOfTheDatabaseUrlIsNamed(String parameters, String expected) throws Exception {
        assertThat(mistake("postgresql://db/gw?" + parameters))
                .startsWith("postgres.url (from GATEHOUSE_POSTGRES_URL): " + expected)
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "key.pem  | client.pem | client.key | sslrootcert: @key.pem contains no certificate or a malformed one",
                "torn.pem | client.pem | client.key | sslrootcert: @torn.pem contains no certificate or a malformed one",
                "ca.pem   | torn.pem   | client.key | sslcert: @torn.pem contains no certificate or a malformed one",
                "ca.pem   | client.pem | ca.pem     | sslkey: @ca.pem contains no private key, expected PEM",
                "ca.pem   | client.pem | none.key   | sslkey: @none.key cannot be read, expected a PEM file",
                "ca.pem   | client.pem | key.pem    | sslkey: @key.pem is not the key of sslcert @client.pem"
            })
    void anInvalidFileOfTheDatabaseUrlIsNamed(String root, String certificate, String key, String expected)
            throws Exception {
        Files.writeString(directory.resolve("ca.pem"), Pem.read("authority.pem"));
        Files.writeString(
                directory.resolve("torn.pem"), Pem.read("authority.pem").substring(0, 200));
        Files.writeString(directory.resolve("client.pem"), Pem.read("client.pem"));
        Files.writeString(directory.resolve("client.key"), Pem.read("client.key"));
        Files.writeString(directory.resolve("key.pem"), Pem.read("ec.key"));
        String url = "postgresql://db/gw?sslmode=verify-full&sslrootcert=@" + root + "&sslcert=@" + certificate
                + "&sslkey=@" + key;

        assertThat(mistake(url.replace("@", directory + "/")))
                .startsWith("postgres.url (from GATEHOUSE_POSTGRES_URL): " + expected.replace("@", directory + "/"));
    }

    private String mistake(String url) throws IOException {
        try {
            load("", Map.of("GATEHOUSE_POSTGRES_URL", url));
            return "no mistake was found";
        } catch (ConfigException e) {
            assertThat(e.exitCode()).isEqualTo(2);
            return Objects.requireNonNull(e.getMessage());
        }
    }

    private GatehouseConfig load(String yaml) throws IOException, ConfigException {
        return load(yaml, Map.of());
    }

    private GatehouseConfig load(String yaml, Map<String, String> environment) throws IOException, ConfigException {
        Files.writeString(directory.resolve("gatehouse.yaml"), yaml);
        return new ConfigLoader(environment, directory).load(null).config();
    }
}
