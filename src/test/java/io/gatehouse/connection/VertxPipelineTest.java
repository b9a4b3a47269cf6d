package io.gatehouse.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The names of Vert.x's handlers decide the protocol of a connection; an unknown pipeline is never taken for HTTP/2. */
class VertxPipelineTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void aPipelineWithTheHttpDecoderIsHttp1() {
        channel.pipeline().addLast(VertxPipeline.DECODER, new HttpRequestDecoder());

        assertThat(VertxPipeline.isHttp1(channel.pipeline())).isTrue();
    }

    @Test
    void aPipelineWithAnHttp2HandlerIsHttp2() {
        channel.pipeline().addLast(Http2FrameCodecBuilder.forServer().build());

        assertThat(VertxPipeline.isHttp1(channel.pipeline())).isFalse();
    }

    @Test
    void aPipelineWhoseDecoderHasAnotherNameIsRejected() {
        channel.pipeline().addLast("decoder", new HttpRequestDecoder());

        assertThatThrownBy(() -> VertxPipeline.isHttp1(channel.pipeline()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("decoder");
    }
}
