package io.gatehouse.cluster.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MaxSizePolicy;
import org.junit.jupiter.api.Test;

/** Tests how many sessions and ends a member keeps (docs/reference/limits.md#plugins). */
class SessionSettingsTest {
    private static final long HEAP = Runtime.getRuntime().maxMemory();

    @Test
    void sessionsTakeASixteenthOfTheHeap() {
        assertThat(SessionSettings.maxMebibytes(128L << 20)).isEqualTo(8);
        assertThat(SessionSettings.maxMebibytes(64L << 30)).isEqualTo(4_096);
        assertThat(SessionSettings.maxMebibytes(1)).isEqualTo(1);
    }

    @Test
    void endsAreBoundedInNumberAndFitIntoTheHeap() {
        assertThat(SessionSettings.maxEnds(128L << 20) * 300L).isBetween(2_090_000L, 2L << 20);
        assertThat(SessionSettings.maxEnds(64L << 30)).isEqualTo(100_000);
        assertThat(SessionSettings.maxEnds(1)).isEqualTo(1);
    }

    @Test
    void theMapsHaveTheSizesForThisHeap() {
        Config config = new Config();
        SessionSettings.apply(config);
        // The size in bytes is known for this format only. It includes backups.
        assertThat(config.getMapConfig(SessionSettings.SESSIONS_MAP).getInMemoryFormat())
                .isEqualTo(InMemoryFormat.BINARY);
        assertThat(config.getMapConfig(SessionSettings.SESSIONS_MAP).getEvictionConfig())
                .isEqualTo(eviction(MaxSizePolicy.USED_HEAP_SIZE, SessionSettings.maxMebibytes(HEAP)));
        assertThat(config.getMapConfig(SessionSettings.ENDS_MAP).getEvictionConfig())
                .isEqualTo(eviction(MaxSizePolicy.PER_NODE, SessionSettings.maxEnds(HEAP)));
    }

    private static EvictionConfig eviction(MaxSizePolicy policy, int size) {
        return new EvictionConfig()
                .setEvictionPolicy(EvictionPolicy.LRU)
                .setMaxSizePolicy(policy)
                .setSize(size);
    }
}
