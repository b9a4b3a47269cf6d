package io.gatehouse.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/** Asks an HTTP/1.1 upstream to switch the protocol of the connection (RFC 9110 §7.8). */
public interface UpgradeRequest extends UpstreamRequest {
    /**
     * Removes the connection from its pool, and the HTTP codec from the connection. {@code heir} becomes the last handler of the
     * channel and receives every byte behind the head of the response.
     *
     * <p>Valid only for a response 101, before the callback with the response returns.
     */
    Channel takeOver(ChannelHandler heir);
}
