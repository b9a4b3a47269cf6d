package io.gatehouse.proxy.tunnel;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 §5.2), so that the gateway can place a frame of its own
 * between two others. Reads the header of each frame and skips its payload.
 */
final class Frames {
    private static final int CLOSE = 0x8;
    private static final int OPCODE = 0x0F;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7F;
    private static final int TWO_BYTES_FOLLOW = 126;
    private static final int EIGHT_BYTES_FOLLOW = 127;
    private static final int FIXED_BYTES = 2;
    private static final int MASKING_KEY_BYTES = 4;

    /** Bytes of the current header that have been read; 0 between frames and in a payload. */
    private int headerRead;

    private int headerBytes;
    private int lengthEnds;
    private boolean closing;
    /** Bytes of the current payload that are still to come, or its length as far as the header has been read. */
    private long payload;

    /** Follows all readable bytes, without moving the reader index. */
    void follow(ByteBuf bytes) {
        int index = bytes.readerIndex();
        while (index < bytes.writerIndex()) {
            index = step(bytes, index);
        }
    }

    /**
     * Follows the readable bytes up to the end of the current frame, without moving the reader index. Returns the number of bytes
     * followed, which is all of them if the frame does not end before.
     */
    int followToBoundary(ByteBuf bytes) {
        int index = bytes.readerIndex();
        while (index < bytes.writerIndex() && !(isAtBoundary() && index > bytes.readerIndex())) {
            index = step(bytes, index);
        }
        return index - bytes.readerIndex();
    }

    private int step(ByteBuf bytes, int index) {
        if (headerRead == 0 && payload > 0) {
            long skipped = Math.min(payload, bytes.writerIndex() - index);
            payload -= skipped;
            return index + (int) skipped;
        }
        header(bytes.getUnsignedByte(index));
        return index + 1;
    }

    private void header(int next) {
        if (headerRead == 0) {
            closing |= (next & OPCODE) == CLOSE;
            headerBytes = FIXED_BYTES;
        } else if (headerRead == 1) {
            int length = next & LENGTH;
            lengthEnds = FIXED_BYTES
                    + (length == TWO_BYTES_FOLLOW ? Short.BYTES : length == EIGHT_BYTES_FOLLOW ? Long.BYTES : 0);
            headerBytes = lengthEnds + ((next & MASKED) == 0 ? 0 : MASKING_KEY_BYTES);
            payload = length < TWO_BYTES_FOLLOW ? length : 0;
        } else if (headerRead < lengthEnds) {
            payload = (payload << Byte.SIZE) | next;
        }
        headerRead++;
        if (headerRead == headerBytes) {
            headerRead = 0;
            // A length with the highest bit set is invalid, and no boundary follows.
            payload = payload < 0 ? Long.MAX_VALUE : payload;
        }
    }

    /** Whether the last byte followed was the last of a frame, or no byte has been followed yet. */
    boolean isAtBoundary() {
        return headerRead == 0 && payload == 0;
    }

    /** Whether a complete close frame has been followed: no frame comes after it (RFC 6455 §5.5.1). */
    boolean isClosed() {
        return closing && isAtBoundary();
    }
}
