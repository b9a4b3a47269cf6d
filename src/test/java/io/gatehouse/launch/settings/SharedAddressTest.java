package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.ListenAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two listeners of a node with one address stop the start: their connections would reach the one or the other in turn. */
class SharedAddressTest {
    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "proxy.https: 0.0.0.0:8000                   | proxy.http and proxy.https are both 0.0.0.0:8000",
                "proxy.stream: 0.0.0.0:8443 ssl              | proxy.https and proxy.stream are both 0.0.0.0:8443",
                "proxy.http: 127.0.0.1:8001                  | proxy.http and admin.http are both 127.0.0.1:8001",
                "admin.http: 127.0.0.1:5701                  | admin.http and cluster.bind are both 127.0.0.1:5701",
                "proxy.http: ':::80', status.http: '[::]:80' | proxy.http and status.http are both [::]:80"
            },
            quoteCharacter = '"')
    void twoListenersWithOneAddress_stopTheStart(String keys, String reason) {
        assertThatThrownBy(() -> load("{cluster.enabled: true, " + keys + "}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(reason + ", expected another address for each");
    }

    @Test
    void listenersOfOtherRoles_areNotOpened() throws Exception {
        assertThat(load("{roles: token-issuer, admin.http: 0.0.0.0:8100}").port())
                .isEqualTo(8100);
        assertThat(load("{roles: [admin, token-issuer], admin.http: 127.0.0.1:8443, proxy.https: 127.0.0.1:8443}")
                        .port())
                .isEqualTo(8443);
    }

    /** The system selects a port for each. */
    @Test
    void anyPort_isAnotherOneForEachListener() throws Exception {
        assertThat(load("{proxy: {http: 127.0.0.1:0, https: 127.0.0.1:0}, admin.http: 127.0.0.1:0}")
                        .port())
                .isZero();
    }

    /** Returns the address of the Admin API. */
    private ListenAddress load(String yaml) throws IOException, ConfigException {
        Files.writeString(directory.resolve("gatehouse.yaml"), yaml);
        return new ConfigLoader(Map.of(), directory).load(null).config().admin().http();
    }
}
