package io.gatehouse.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonValue;
import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests the JSON of a configuration that several nodes receive. */
class RecordCodecTest {
    private final RecordCodec<CatalogSnapshot> codec = RecordCodec.of(CatalogSnapshot.class);

    /** A value that counts how often it is written. */
    private static final class Counted {
        private final AtomicInteger written = new AtomicInteger();

        @JsonValue
        String text() {
            written.incrementAndGet();
            return "text";
        }
    }

    private static CatalogSnapshot configuration(Object name) {
        return new CatalogSnapshot("epoch", 0, 7, Map.of("services", List.of(Map.of("name", name))), Map.of());
    }

    private Buffer encoded(CatalogSnapshot configuration) {
        Buffer buffer = Buffer.buffer("head");
        codec.encodeToWire(buffer, configuration);
        return buffer;
    }

    @Test
    void codec_writesTheJsonOnce_whenSeveralNodesReceiveAConfiguration() {
        Counted counted = new Counted();
        CatalogSnapshot configuration = configuration(counted);

        Buffer first = encoded(configuration);
        assertThat(encoded(configuration)).isEqualTo(first);
        assertThat(counted.written).hasValue(1);
        assertThat(codec.decodeFromWire("head".length(), first)).isEqualTo(configuration("text"));
    }

    @Test
    void codec_writesEachConfiguration() {
        for (String name : List.of("one", "other", "one")) {
            assertThat(codec.decodeFromWire("head".length(), encoded(configuration(name))))
                    .isEqualTo(configuration(name));
        }
    }
}
