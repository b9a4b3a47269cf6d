package io.gatehouse.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/** Asks an HTTP/1.1 upstream to change the protocol of the connection (RFC 9110 §7.8). */
public interface UpgradeRequest extends UpstreamRequest {
    /**
     * Takes the connection out of its pool and removes the HTTP codec. {@code heir} becomes the last handler of the channel
     * and receives every byte that follows the head of the response.
     *
     * <p>Valid only for a response 101, and before the call that delivered this response returns.
     */
    Channel takeOver(ChannelHandler heir);
}
