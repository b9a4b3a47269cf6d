package io.gatehouse.cluster.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntroductionTest {
    @Test
    void introduction_isReadAsItWasWritten() {
        String written = new String(Introduction.CURRENT.encoded(), StandardCharsets.US_ASCII);

        assertThat(written).endsWith("\n").hasSizeLessThanOrEqualTo(Introduction.MAX_BYTES);
        assertThat(Introduction.parse(written.strip())).isEqualTo(Introduction.CURRENT);
    }

    @Test
    void patchVersionsOfOneMinorVersion_formACluster() {
        assertThat(new Introduction(1, "5.7.0").conflictWith(new Introduction(1, "5.7.12")))
                .isNull();
    }

    @Test
    void conflict_namesBothVersions() {
        assertThat(new Introduction(1, "5.7.0").conflictWith(new Introduction(1, "5.70.0")))
                .startsWith("it runs Hazelcast 5.70.0 and this node 5.7.0");
        assertThat(new Introduction(1, "5.7.0").conflictWith(new Introduction(2, "5.7.0")))
                .isEqualTo("it speaks version 2 of the member port and this node version 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gatehouse 1 hazelcast 5.7.0 ",
                "gatehouse 1 hazelcast 5",
                "gatehouse 99999 hazelcast 5.7.0",
                "gatehouse 1 hazelcast 5.7.0\rforged line",
                "gatehouse 1 hazelcast 5.7.\u00e9",
                "HZC"
            })
    void otherLines_areMalformed(String line) {
        assertThat(Introduction.parse(line)).isNull();
    }
}
