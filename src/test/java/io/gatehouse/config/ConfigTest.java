package io.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {
    @Test
    void toStringContainsNoSecret() {
        var postgres = new PostgresConfig("postgresql://db:5432/gatehouse", "alice", "pg-secret", 10);
        var admin = new AdminConfig(
                new ListenAddress("0.0.0.0", 8001), Duration.ofSeconds(2), List.of("admin-secret"), false, null);
        var cluster =
                new ClusterConfig(true, "blue", new ListenAddress("::1", 5701), List.of(), null, "cluster-secret");

        assertThat(postgres.toString()).doesNotContain("pg-secret");
        assertThat(admin.toString()).doesNotContain("admin-secret");
        assertThat(cluster.toString()).doesNotContain("cluster-secret");
    }

    @Test
    void theEmbeddedDatabaseKeepsTheOtherSettings() {
        var embedded = new PostgresConfig(null, null, null, 7).at("postgresql://127.0.0.1:1/gatehouse", "u", "p");

        assertThat(embedded)
                .isEqualTo(new PostgresConfig(
                        "postgresql://127.0.0.1:1/gatehouse", "u", "p", 7, true, PostgresTls.DISABLED, Map.of()));
    }

    @Test
    void everyRoleExceptProxyUsesTheDatabase() {
        assertThat(Role.PROXY.usesDatabase()).isFalse();
        assertThat(Role.ADMIN.usesDatabase()).isTrue();
        assertThat(Role.TOKEN_ISSUER.usesDatabase()).isTrue();
        assertThat(Role.TOKEN_ISSUER.configName()).isEqualTo("token-issuer");
    }

    @Test
    void cachesOfTokensFitIntoTheHeap() {
        TokenConfig small = TokenConfig.DEFAULT.within(358L << 20);

        assertThat(small.cacheSize() * 300L).isBetween(20L << 20, 23L << 20);
        assertThat(small.sharedCacheSize() * 700L).isBetween(58L << 20, 60L << 20);
        assertThat(TokenConfig.DEFAULT.within(8L << 30)).isEqualTo(TokenConfig.DEFAULT);
        assertThat(new TokenConfig(Duration.ofSeconds(60), 0, 1).within(64L << 20))
                .isEqualTo(new TokenConfig(Duration.ofSeconds(60), 0, 1));
    }

    @Test
    void aBlankClusterNameIsInvalid() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClusterConfig(true, " ", new ListenAddress("::1", 5701), List.of(), null, null))
                .withMessageContaining("cluster.name");
    }
}
