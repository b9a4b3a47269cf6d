package io.gatehouse.cluster.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import org.junit.jupiter.api.Test;

class QuotaSettingsTest {
    @Test
    void countersFitIntoTheHeap() {
        assertThat(QuotaSettings.maxCounters(128L << 20) * 600L).isBetween(3_900_000L, 4L << 20);
        assertThat(QuotaSettings.maxCounters(8L << 30)).isEqualTo(100_000);
        assertThat(QuotaSettings.maxCounters(1)).isEqualTo(1);
    }

    @Test
    void theMapHasTheSizeForThisHeap() {
        Config config = new Config();
        QuotaSettings.apply(config);
        assertThat(config.getMapConfig(QuotaSettings.MAP).getEvictionConfig().getSize())
                .isEqualTo(QuotaSettings.maxCounters(Runtime.getRuntime().maxMemory()));
    }
}
