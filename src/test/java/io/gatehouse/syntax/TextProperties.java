package io.gatehouse.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TextProperties {
    @Property(tries = 2_000)
    void plainTextSurvivesUtf8AndHasNoControls(@ForAll String value) {
        boolean survives = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(value);
        boolean hasControls = value.chars().anyMatch(c -> c < 32 || (c >= 127 && c < 160));

        assertThat(Text.isPlain(value)).isEqualTo(survives && !hasControls);
    }
}
