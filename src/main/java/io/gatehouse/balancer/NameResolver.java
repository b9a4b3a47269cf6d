package io.gatehouse.balancer;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Asks for all addresses of a name, and for how long they are good. Vert.x has a resolver, but keeps the time to live to
 * itself; this is Netty's, which Vert.x uses too.
 */
final class NameResolver implements AutoCloseable {
    private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(2);
    /** The hosts file says nothing of it. */
    private static final Duration HOSTS_FILE_TTL = Duration.ofHours(1);

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("gatehouse-dns", true), NioIoHandler.newFactory());
    private final DefaultHostsFileEntriesResolver hostsFile = new DefaultHostsFileEntriesResolver();
    private final DnsNameResolver resolver;

    /** {@code servers} to ask, {@code ip:port} each, in this order; none: the system's. */
    NameResolver(List<String> servers) {
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop.next())
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                // A remembered alias would outlive what it stood for.
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .queryTimeoutMillis(QUERY_TIMEOUT.toMillis());
        if (!servers.isEmpty()) {
            builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(
                    servers.stream().map(NameResolver::server).toList()));
        }
        this.resolver = builder.build();
    }

    /**
     * What a name stands for.
     *
     * @param addresses IP addresses, at least one
     */
    record Answer(List<String> addresses, Duration timeToLive) {
        Answer {
            addresses = List.copyOf(addresses);
        }

        Answer and(Answer other) {
            return new Answer(
                    Stream.concat(addresses.stream(), other.addresses.stream()).toList(),
                    timeToLive.compareTo(other.timeToLive) < 0 ? timeToLive : other.timeToLive);
        }
    }

    private static InetSocketAddress server(String ipAndPort) {
        int colon = ipAndPort.lastIndexOf(':');
        InetAddress ip = NetUtil.createInetAddressFromIpAddressString(ipAndPort.substring(0, colon));
        return new InetSocketAddress(Objects.requireNonNull(ip), Integer.parseInt(ipAndPort.substring(colon + 1)));
    }

    /** All A and AAAA records of a name; fails when there is none. */
    Future<Answer> resolve(String name) {
        List<InetAddress> fixed = hostsFile.addresses(name, ResolvedAddressTypes.IPV4_PREFERRED);
        if (fixed != null && !fixed.isEmpty()) {
            List<String> addresses =
                    fixed.stream().map(InetAddress::getHostAddress).toList();
            return Future.succeededFuture(new Answer(addresses, HOSTS_FILE_TTL));
        }
        Future<Answer> ipv4 = query(name, DnsRecordType.A);
        Future<Answer> ipv6 = query(name, DnsRecordType.AAAA);
        return Future.join(ipv4, ipv6).transform((both, failure) -> {
            if (ipv4.succeeded() && ipv6.succeeded()) {
                return Future.succeededFuture(ipv4.result().and(ipv6.result()));
            }
            return ipv6.succeeded() ? ipv6 : ipv4;
        });
    }

    private Future<Answer> query(String name, DnsRecordType type) {
        Promise<Answer> promise = Promise.promise();
        resolver.resolveAll(new DefaultDnsQuestion(name, type))
                .addListener((io.netty.util.concurrent.Future<List<DnsRecord>> answered) -> {
                    if (answered.isSuccess()) {
                        answer(name, answered.getNow(), promise);
                    } else {
                        promise.fail(Objects.requireNonNull(answered.cause()));
                    }
                });
        return promise.future();
    }

    private static void answer(String name, List<DnsRecord> records, Promise<Answer> promise) {
        List<String> addresses = new ArrayList<>(records.size());
        long seconds = Long.MAX_VALUE;
        try {
            for (DnsRecord record : records) {
                if (record instanceof DnsRawRecord raw) {
                    byte[] address = ByteBufUtil.getBytes(raw.content());
                    addresses.add(InetAddress.getByAddress(address).getHostAddress());
                    seconds = Math.min(seconds, record.timeToLive());
                }
            }
        } catch (UnknownHostException e) {
            promise.fail(e);
            return;
        } finally {
            records.forEach(ReferenceCountUtil::release);
        }
        if (addresses.isEmpty()) {
            promise.fail(new UnknownHostException(name));
        } else {
            promise.complete(new Answer(addresses, Duration.ofSeconds(seconds)));
        }
    }

    @Override
    public void close() {
        resolver.close();
        // Its thread is a daemon; nothing waits for it.
        var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
