package io.gatehouse.launch.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.gatehouse.telemetry.AccessLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Encodes an access-log entry as one flat JSON object on a line. The first members are those of the other log lines. */
final class AccessLogEncoder extends EncoderBase<ILoggingEvent> {
    /** Escapes all characters beyond ASCII, because some terminals interpret control characters among them. */
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final int USUAL_BYTES = 512;

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("timestamp", event.getTimeStamp());
            json.writeStringField("level", event.getLevel().toString());
            json.writeStringField("loggerName", event.getLoggerName());
            if (event.getArgumentArray() != null && event.getArgumentArray()[0] instanceof AccessLine entry) {
                entry.writeTo(json);
            }
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: the stream writes to memory
        }
        return line.toByteArray();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
