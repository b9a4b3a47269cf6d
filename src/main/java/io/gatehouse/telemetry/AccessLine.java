package io.gatehouse.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** One line of the access log. {@code toString} is the line of the text format. */
public interface AccessLine {
    /** The logger of these lines. Each one is the only argument. */
    String LOGGER = "gatehouse.access";

    /** Writes the members of a JSON object, without those that are null. */
    void writeTo(JsonGenerator json) throws IOException;
}
