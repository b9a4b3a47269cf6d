package io.gatehouse.proxy.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FramesTest {
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;

    private static int frame(ByteBuf out, int opcode, int length, boolean masked) {
        int begin = out.writerIndex();
        out.writeByte(opcode);
        int mask = masked ? 0x80 : 0;
        if (length < 126) {
            out.writeByte(mask | length);
        } else if (length < 65_536) {
            out.writeByte(mask | 126).writeShort(length);
        } else {
            out.writeByte(mask | 127).writeLong(length);
        }
        out.writeZero((masked ? 4 : 0) + length);
        return out.writerIndex() - begin;
    }

    @Test
    void boundariesAreFoundHoweverTheBytesAreSplit() {
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            ByteBuf stream = Unpooled.buffer();
            TreeSet<Integer> boundaries = new TreeSet<>();
            int[] lengths = {0, 1, 125, 126, 127, 65_535, 65_536, 70_000};
            for (int i = 0; i < 20; i++) {
                frame(stream, TEXT, lengths[random.nextInt(lengths.length)], random.nextBoolean());
                boundaries.add(stream.writerIndex());
            }
            Frames frames = new Frames();
            Frames stepping = new Frames();
            while (stream.isReadable()) {
                int size = Math.min(stream.readableBytes(), 1 + random.nextInt(random.nextBoolean() ? 5 : 100_000));
                int from = stream.readerIndex();
                ByteBuf piece = stream.readSlice(size);
                frames.follow(piece);
                assertThat(frames.isAtBoundary()).isEqualTo(boundaries.contains(from + size));
                int followed = stepping.followToBoundary(piece);
                Integer next = boundaries.higher(from);
                assertThat(followed).isEqualTo(Math.min(size, next - from));
                stepping.follow(piece.skipBytes(followed));
                assertThat(stepping.isAtBoundary()).isEqualTo(frames.isAtBoundary());
            }
            assertThat(frames.isClosed()).isFalse();
        }
    }

    @Test
    void aCloseFrameIsReportedWhenItIsComplete() {
        ByteBuf stream = Unpooled.buffer();
        frame(stream, TEXT, 5, true);
        frame(stream, CLOSE, 2, true);
        Frames frames = new Frames();
        while (stream.readableBytes() > 1) {
            frames.follow(stream.readSlice(1));
            assertThat(frames.isClosed()).isFalse();
        }
        frames.follow(stream);
        assertThat(frames.isClosed()).isTrue();
    }

    @Test
    void noBoundaryFollowsAnInvalidLength() {
        Frames frames = new Frames();
        frames.follow(Unpooled.buffer().writeByte(TEXT).writeByte(127).writeLong(-1));
        frames.follow(Unpooled.buffer().writeZero(100_000));
        assertThat(frames.isAtBoundary()).isFalse();
    }
}
