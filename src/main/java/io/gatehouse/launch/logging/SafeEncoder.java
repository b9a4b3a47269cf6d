package io.gatehouse.launch.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import java.util.function.UnaryOperator;

/** Encodes log events as {@link SafeEvent}s: without control characters and without input that parsers quote. */
final class SafeEncoder extends EncoderBase<ILoggingEvent> {
    private final Encoder<ILoggingEvent> encoder;
    private final UnaryOperator<String> text;

    /** {@code text} is applied to every message before it is encoded. */
    SafeEncoder(Encoder<ILoggingEvent> encoder, UnaryOperator<String> text) {
        this.encoder = encoder;
        this.text = text;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return encoder.encode(new SafeEvent(event, text));
    }

    @Override
    public byte[] headerBytes() {
        return encoder.headerBytes();
    }

    @Override
    public byte[] footerBytes() {
        return encoder.footerBytes();
    }

    @Override
    public void stop() {
        encoder.stop();
        super.stop();
    }
}
