package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void everyKeyIsInTheList() throws Exception {
        for (Field field : Settings.class.getDeclaredFields()) {
            if (field.getType().equals(Setting.class)) {
                assertThat(Settings.ALL).contains((Setting<?>) field.get(null));
            }
        }
    }

    @Test
    void everyListedKeyIsParsed() {
        for (Setting<?> setting : Settings.ALL) {
            Map<String, String> environment = Map.of(setting.environment(), "\u0001?:/ [");

            // No value is valid for all types. Where any text is valid, a file or a login fails later.
            if (!setting.kind().equals(ValueTypes.TEXT) && !setting.kind().equals(ValueTypes.PATH)) {
                assertThatThrownBy(() -> new ConfigLoader(environment, directory).load(null))
                        .hasMessageContaining(setting.key());
            }
        }
    }
}
