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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests valid values of {@code postgres.url}. {@link ConfigMistakesTest} tests invalid ones. */
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

    private GatehouseConfig load(String yaml) throws IOException, ConfigException {
        return load(yaml, Map.of());
    }

    private GatehouseConfig load(String yaml, Map<String, String> environment) throws IOException, ConfigException {
        Files.writeString(directory.resolve("gatehouse.yaml"), yaml);
        return new ConfigLoader(environment, directory).load(null).config();
    }
}
