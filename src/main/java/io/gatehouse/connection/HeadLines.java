package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpConstants;

/** Looks at the lines of an HTTP/1 head, or of trailers, before the decoder reads them. */
final class HeadLines {
    private static final byte DELETE = 0x7f;

    private HeadLines() {}

    /** Skips the empty lines before a request (RFC 9112 §2.2). Returns false if more bytes are needed. */
    static boolean skipEmpty(ByteBuf in) {
        while (in.isReadable() && in.getByte(in.readerIndex()) == HttpConstants.CR) {
            if (in.readableBytes() == 1) {
                return false;
            }
            if (in.getByte(in.readerIndex() + 1) != HttpConstants.LF) {
                return true;
            }
            in.skipBytes(2);
        }
        return in.isReadable();
    }

    /** Whether no method begins with the first byte. Netty would skip it. */
    static boolean isNoBeginning(ByteBuf in) {
        byte first = in.getByte(in.readerIndex());
        return first <= HttpConstants.SP || first == DELETE;
    }

    /**
     * Whether a line of the head or of trailers continues the previous one (RFC 9112 §5.2). The decoder leaves whole lines in the
     * buffer, so each is checked once.
     *
     * @param inFields whether the request line is complete and no longer in the buffer
     */
    static boolean isFolded(ByteBuf in, boolean inFields) {
        int end = in.writerIndex();
        int line = in.readerIndex();
        if (!inFields) {
            line = in.indexOf(line, end, HttpConstants.LF) + 1;
            if (line == 0) {
                return false;
            }
        }
        while (line < end) {
            byte first = in.getByte(line);
            if (first == HttpConstants.SP || first == HttpConstants.HT) {
                return true;
            }
            int lineFeed = in.indexOf(line, end, HttpConstants.LF);
            if (lineFeed < 0 || lineFeed - line <= 1) {
                // Incomplete, or the empty line at the end of the head.
                return false;
            }
            line = lineFeed + 1;
        }
        return false;
    }

    /** Whether a complete line of trailers has a control character (RFC 9110 §5.5). Netty drops some fields without a look at them. */
    static boolean hasControlCharacter(ByteBuf in) {
        int end = in.writerIndex();
        int line = in.readerIndex();
        while (line < end) {
            int lineFeed = in.indexOf(line, end, HttpConstants.LF);
            if (lineFeed < 0 || lineFeed - line <= 1) {
                // Incomplete, or the empty line at the end of the trailers.
                return false;
            }
            // The last one may be the carriage return of the line's end.
            for (int i = line; i < lineFeed; i++) {
                byte b = in.getByte(i);
                boolean isControl = (b >= 0 && b < HttpConstants.SP && b != HttpConstants.HT) || b == DELETE;
                if (isControl && (b != HttpConstants.CR || i < lineFeed - 1)) {
                    return true;
                }
            }
            line = lineFeed + 1;
        }
        return false;
    }
}
