package io.gatehouse.launch.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests an admin in a cluster without issuers. */
class AdminAloneTest {
    @Test
    void anAdminWithoutIssuersRemovesExpiredRows() {
        ClusterConfig alone =
                new ClusterConfig(false, "gatehouse", new ListenAddress("127.0.0.1", 5701), List.of(), null, null);
        try (Gatehouse admin =
                Gatehouse.start(Gatehouse.config(EnumSet.of(Role.ADMIN), TestDatabase.create(), List.of(), alone))) {
            assertThat(Http.send(Http.get(admin.statusUrl("/metrics")))
                            .isStatus(200)
                            .text())
                    .contains("gatehouse_token_cleanup_backlog");
        }
    }
}
