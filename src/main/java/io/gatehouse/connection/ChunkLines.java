package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.util.internal.StringUtil;

/**
 * Checks the lines between the chunks of one body, and the trailer fields behind them, before Netty's decoder reads them (RFC 9112 §5.2,
 * §7.1).
 *
 * <p><i>Invariant</i>: it is at the same position of the body as the decoder, because it sees each buffer before and after it.
 *
 * <p><i>Why</i>: Netty ends a chunk size at the first control character or blank, and skips the rest of the line unchecked. It drops a
 * line that continues a trailer field if both arrive in one read, after it has searched all fields for the name.
 */
final class ChunkLines {
    private static final int LINE_END = 2;
    private static final int NO_LINE = -1;

    /** Remaining bytes of the current chunk; 0 between chunks. */
    private long left;
    /** Whether the line break after a chunk is pending. */
    private boolean inDelimiter;
    /** Whether the last chunk has been read, so that trailer fields follow. */
    private boolean ended;

    private int line = NO_LINE;
    private long size;

    /** Whether the buffer begins with a line that the decoder must not read. */
    boolean isMalformed(ByteBuf in) {
        line = NO_LINE;
        if (ended) {
            return HeadLines.isFolded(in, true) || HeadLines.hasControlCharacter(in);
        }
        if (left > 0 || inDelimiter) {
            return false;
        }
        int lineFeed = in.indexOf(in.readerIndex(), in.writerIndex(), HttpConstants.LF);
        int end = lineFeed < 0 ? in.writerIndex() : lineFeed;
        if (lineFeed >= 0) {
            if (end == in.readerIndex() || in.getByte(end - 1) != HttpConstants.CR) {
                return true;
            }
            end--;
            line = lineFeed + 1 - in.readerIndex();
        } else if (end > in.readerIndex() && in.getByte(end - 1) == HttpConstants.CR) {
            // The next read may bring the line feed.
            end--;
        }
        return !isSize(in, end, lineFeed >= 0);
    }

    /** Whether the line is a size in hexadecimal digits, optionally followed by extensions of printable characters. */
    private boolean isSize(ByteBuf in, int end, boolean complete) {
        size = 0;
        int i = in.readerIndex();
        while (i < end && StringUtil.decodeHexNibble(in.getByte(i)) >= 0) {
            size = size * 16 + StringUtil.decodeHexNibble(in.getByte(i));
            if (size > Integer.MAX_VALUE) {
                return false;
            }
            i++;
        }
        if (i == in.readerIndex()) {
            return !complete && i == end;
        }
        int digits = i;
        while (i < end && isBlank(in.getByte(i))) {
            i++;
        }
        if (i < end && in.getByte(i) != ';') {
            return false;
        }
        // Blanks are valid only before an extension.
        if (i == end) {
            return !complete || i == digits;
        }
        for (; i < end; i++) {
            byte b = in.getByte(i);
            if (!isBlank(b) && b >= 0 && (b < ' ' || b == 0x7f)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBlank(byte b) {
        return b == HttpConstants.SP || b == HttpConstants.HT;
    }

    /** Advances by the bytes that the decoder has consumed of the buffer checked last. */
    void consumed(int bytes) {
        int rest = bytes;
        if (line != NO_LINE && rest >= line) {
            rest -= line;
            left = size;
            ended = size == 0;
            inDelimiter = size > 0;
        }
        if (ended) {
            return;
        }
        long data = Math.min(rest, left);
        left -= data;
        if (rest - data == LINE_END) {
            inDelimiter = false;
        }
    }
}
