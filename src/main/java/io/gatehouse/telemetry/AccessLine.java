package io.gatehouse.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One line of the access log. {@code toString} is the line of the text format. */
public interface AccessLine {
    /** The logger of these lines. Each one is the only argument. */
    String LOGGER = "gatehouse.access";

    /** Returns the characters of its texts, which a client can choose in part. */
    int characters();

    /** Returns the number of characters; 0 if there is no text. */
    static int count(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** Writes the members of a JSON object, without those that are null. */
    void writeTo(JsonGenerator json) throws IOException;
}
