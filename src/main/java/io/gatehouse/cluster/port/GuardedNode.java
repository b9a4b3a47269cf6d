package io.gatehouse.cluster.port;

import com.hazelcast.config.EndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.ServerContext;
import com.hazelcast.internal.server.tcp.ChannelInitializerFunction;
import java.util.function.Function;

/** Extends Hazelcast's node: {@link MemberPort} sets up its connections. */
final class GuardedNode extends DefaultNodeExtension {
    private final MemberPort port;

    GuardedNode(Node node, MemberPort port) {
        super(node);
        this.port = port;
    }

    @Override
    public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(ServerContext server) {
        Guarded guarded = new Guarded(server);
        guarded.init();
        return guarded;
    }

    /** Initializes member connections. It rejects every other kind of port, which would be unguarded. */
    private final class Guarded extends ChannelInitializerFunction {
        private final ServerContext server;

        Guarded(ServerContext server) {
            super(server, node.getConfig());
            this.server = server;
        }

        @Override
        protected ChannelInitializer provideMemberChannelInitializer(EndpointConfig endpoint) {
            ChannelInitializer hazelcast = super.provideMemberChannelInitializer(endpoint);
            return channel -> port.guard(channel, hazelcast, server);
        }

        @Override
        protected ChannelInitializer provideUnifiedChannelInitializer() {
            throw unguarded();
        }

        @Override
        protected ChannelInitializer provideClientChannelInitializer(EndpointConfig endpoint) {
            throw unguarded();
        }

        @Override
        protected ChannelInitializer provideTextChannelInitializer(EndpointConfig endpoint, boolean rest) {
            throw unguarded();
        }

        private static IllegalStateException unguarded() {
            return new IllegalStateException("Hazelcast opens a port for members only");
        }
    }
}
