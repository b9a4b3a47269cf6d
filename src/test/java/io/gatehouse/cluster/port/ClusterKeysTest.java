package io.gatehouse.cluster.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterKeysTest {
    private static final String SECRET = "sixteen characters";

    private static ClusterKeys keys(boolean enabled, String name, @Nullable String secret) {
        return ClusterKeys.of(
                new ClusterConfig(enabled, name, new ListenAddress("127.0.0.1", 5701), List.of(), null, secret));
    }

    private static PublicKey key(Identity identity) {
        return identity.certificate().getPublicKey();
    }

    @Test
    void sameSecretAndName_deriveTheSameKeys() {
        ClusterKeys one = keys(true, "blue", SECRET);
        ClusterKeys other = keys(true, "blue", SECRET);

        assertThat(key(one.memberPort())).isEqualTo(key(other.memberPort()));
        assertThat(key(one.eventBus())).isEqualTo(key(other.eventBus()));
    }

    @Test
    void otherSecretNameOrPurpose_derivesOtherKeys() {
        assertThat(Stream.of(
                                keys(true, "blue", SECRET),
                                keys(true, "green", SECRET),
                                keys(true, "blue", "sixteen letters!"),
                                keys(true, "blue", null),
                                keys(true, "green", null))
                        .flatMap(keys -> Stream.of(key(keys.memberPort()), key(keys.eventBus()))))
                .doesNotHaveDuplicates();
    }

    /**
     * From hashlib.scrypt of Python, with the cost that {@link ClusterKeys} states. Another value needs another domain, since nodes
     * of both versions would not form one cluster.
     */
    @Test
    void secret_isStretchedByScrypt() {
        assertThat(keys(true, "blue", SECRET).sessions().map(HexFormat.of()::formatHex))
                .contains("869e255fc1964d464f6794e35b86810f6b1649647fd7d801bd98f373489304ca"
                        + "3a0b2d1fe5ac467e387579dc1867f8bb");
    }

    @Test
    void nodeWithoutACluster_hasRandomKeys() {
        assertThat(key(keys(false, "blue", SECRET).eventBus()))
                .isNotEqualTo(key(keys(false, "blue", SECRET).eventBus()));
    }

    @Test
    void toString_containsNoPrivateKey() {
        assertThat(keys(true, "blue", SECRET).memberPort().toString()).isEqualTo("Identity[CN=gatehouse]");
    }
}
