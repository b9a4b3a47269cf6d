package io.gatehouse.balancer;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
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
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a name to all its addresses and their time to live.
 *
 * <p><i>Why</i>: Vert.x's resolver does not report the time to live. This one uses Netty's resolver, as Vert.x does.
 */
final class NameResolver implements AutoCloseable {
    private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(2);
    /** The hosts file contains no time to live. */
    private static final Duration HOSTS_FILE_TTL = Duration.ofHours(1);

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("gatehouse-dns", true), NioIoHandler.newFactory());
    private final DefaultHostsFileEntriesResolver hostsFile = new DefaultHostsFileEntriesResolver();
    private final DnsNameResolver resolver;
    private final SearchList search;

    /**
     * {@code servers} are queried in this order, {@code ip:port} each. If there are none, the system's are. {@code search} completes
     * names. Netty would complete no name of a {@link DnsQuestion}, which ends with a dot.
     */
    NameResolver(List<String> servers, SearchList search) {
        this.search = search;
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop.next())
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                // A cached alias would outlive its target.
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .queryTimeoutMillis(QUERY_TIMEOUT.toMillis());
        if (!servers.isEmpty()) {
            builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(
                    servers.stream().map(NameResolver::server).toList()));
        }
        this.resolver = builder.build();
    }

    /**
     * The addresses of a name.
     *
     * @param addresses IP addresses, at least one
     * @param unanswered A or AAAA, if no server has answered whether the name has such records; null if the addresses are all
     */
    record Resolution(
            List<String> addresses,
            Duration timeToLive,
            @Nullable DnsRecordType unanswered) {
        Resolution {
            addresses = List.copyOf(addresses);
        }

        Resolution and(Resolution other) {
            return new Resolution(
                    Stream.concat(addresses.stream(), other.addresses.stream()).toList(),
                    timeToLive.compareTo(other.timeToLive) < 0 ? timeToLive : other.timeToLive,
                    null);
        }

        private Resolution without(DnsRecordType type, Throwable failure) {
            return isUnanswered(failure) ? new Resolution(addresses, timeToLive, type) : this;
        }

        /** Returns the addresses, and those of {@code before} of the unanswered kind. */
        List<String> after(List<String> before) {
            DnsRecordType type = unanswered;
            if (type == null) {
                return addresses;
            }
            Stream<String> kept = before.stream().filter(address -> isOf(type, address));
            return Stream.concat(addresses.stream(), kept).toList();
        }

        private static boolean isOf(DnsRecordType type, String address) {
            return type.equals(DnsRecordType.A) == NetUtil.isValidIpV4Address(address);
        }
    }

    /** Whether the servers have failed. Otherwise there are no such records. */
    private static boolean isUnanswered(Throwable failure) {
        return DnsNameResolver.isTransportOrTimeoutError(failure)
                || (failure.getCause() instanceof DnsErrorCauseException error
                        && error.getCode().equals(DnsResponseCode.SERVFAIL));
    }

    private static InetSocketAddress server(String ipAndPort) {
        int colon = ipAndPort.lastIndexOf(':');
        InetAddress ip = NetUtil.createInetAddressFromIpAddressString(ipAndPort.substring(0, colon));
        return new InetSocketAddress(Objects.requireNonNull(ip), Integer.parseInt(ipAndPort.substring(colon + 1)));
    }

    /** Returns all A and AAAA records of the first complete name that has any. Fails if none has. */
    Future<Resolution> resolve(String name) {
        List<InetAddress> fixed = hostsFile.addresses(name, ResolvedAddressTypes.IPV4_PREFERRED);
        if (fixed != null && !fixed.isEmpty()) {
            List<String> addresses =
                    fixed.stream().map(InetAddress::getHostAddress).toList();
            return Future.succeededFuture(new Resolution(addresses, HOSTS_FILE_TTL, null));
        }
        return resolveFirst(search.candidates(name).iterator());
    }

    /** If no server answers, the next name is not tried: it could be that of another service. */
    private Future<Resolution> resolveFirst(Iterator<String> names) {
        return resolveComplete(names.next())
                .recover(failure -> names.hasNext() && !DnsNameResolver.isTransportOrTimeoutError(failure)
                        ? resolveFirst(names)
                        : Future.failedFuture(failure));
    }

    private Future<Resolution> resolveComplete(String name) {
        Future<Resolution> ipv4 = query(name, DnsRecordType.A);
        Future<Resolution> ipv6 = query(name, DnsRecordType.AAAA);
        return Future.join(ipv4, ipv6).transform((both, failure) -> {
            if (ipv4.succeeded() && ipv6.succeeded()) {
                return Future.succeededFuture(ipv4.result().and(ipv6.result()));
            }
            if (ipv4.succeeded()) {
                return ipv4.map(found -> found.without(DnsRecordType.AAAA, ipv6.cause()));
            }
            if (ipv6.succeeded()) {
                return ipv6.map(found -> found.without(DnsRecordType.A, ipv4.cause()));
            }
            return DnsNameResolver.isTransportOrTimeoutError(ipv6.cause()) ? ipv6 : ipv4;
        });
    }

    private Future<Resolution> query(String name, DnsRecordType type) {
        Promise<Resolution> promise = Promise.promise();
        DnsQuestion question;
        try {
            question = new DefaultDnsQuestion(name, type);
        } catch (IllegalArgumentException e) {
            // A label has more than 63 characters, so no name server has the name.
            return Future.failedFuture(e);
        }
        resolver.resolveAll(question).addListener((io.netty.util.concurrent.Future<List<DnsRecord>> result) -> {
            if (result.isSuccess()) {
                complete(name, result.getNow(), promise);
            } else {
                promise.fail(Objects.requireNonNull(result.cause()));
            }
        });
        return promise.future();
    }

    private static void complete(String name, List<DnsRecord> records, Promise<Resolution> promise) {
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
            promise.complete(new Resolution(addresses, Duration.ofSeconds(seconds), null));
        }
    }

    @Override
    public void close() {
        resolver.close();
        // The thread is a daemon, so no caller has to wait for its end.
        var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
