package io.gatehouse.routing;

import static io.gatehouse.routing.RouteFixture.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Route.Endpoint;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which Route a connection matches (docs/reference/proxy.md#connections). */
class StreamTableTest {
    private static Endpoint ip(String address) {
        return new Endpoint(address, null);
    }

    private static Endpoint port(int port) {
        return new Endpoint(null, port);
    }

    private static StreamTable<String> table(RouteFixture... routes) {
        StreamTable.Builder<String> builder = new StreamTable.Builder<>();
        Arrays.stream(routes).forEach(fixture -> {
            Route built = fixture.build();
            builder.add(built, String.valueOf(built.name()));
        });
        return builder.build();
    }

    private static StreamPeers from(String address, int port, int destinationPort, @Nullable String name) {
        return new StreamPeers(
                new InetSocketAddress(address, port), new InetSocketAddress("192.0.2.1", 1), destinationPort, name);
    }

    private static StreamPeers to(int destinationPort) {
        return from("10.1.2.3", 50_000, destinationPort, null);
    }

    private static StreamPeers named(String name) {
        return from("10.1.2.3", 50_000, 9_000, name);
    }

    @Test
    void sourcesMatchAddressesBlocksAndPorts() {
        StreamTable<String> table = table(
                route("address").sources(ip("10.1.2.3")),
                route("block").sources(ip("10.2.0.0/15")),
                route("v6").sources(ip("2001:db8::/33")),
                route("port").sources(port(7)));
        assertThat(table.match(to(1))).isEqualTo("address");
        assertThat(table.match(from("10.3.255.255", 1, 1, null))).isEqualTo("block");
        assertThat(table.match(from("10.4.0.0", 1, 1, null))).isNull();
        assertThat(table.match(from("2001:db8:7fff::1", 1, 1, null))).isEqualTo("v6");
        assertThat(table.match(from("2001:db8:8000::1", 1, 1, null))).isNull();
        assertThat(table.match(from("2001:db8:8000::1", 7, 1, null))).isEqualTo("port");
        assertThat(table.match(from("::ffff:10.1.2.3", 1, 1, null))).isEqualTo("address");
    }

    @Test
    void bothPartsOfOneEntryHaveToMatch() {
        StreamTable<String> table =
                table(route("r").destinations(new Endpoint("192.0.2.1", 1), new Endpoint("192.0.2.2", 2)));
        assertThat(table.match(to(1))).isEqualTo("r");
        assertThat(table.match(to(2))).isNull();
    }

    @Test
    void everyAttributeThatIsSetHasToMatch() {
        StreamTable<String> table =
                table(route("r").snis("a.test").sources(ip("10.0.0.0/8")).destinations(port(9)));
        assertThat(table.match(from("10.0.0.1", 1, 9, "a.test"))).isEqualTo("r");
        assertThat(table.match(from("11.0.0.1", 1, 9, "a.test"))).isNull();
        assertThat(table.match(from("10.0.0.1", 1, 8, "a.test"))).isNull();
        assertThat(table.match(from("10.0.0.1", 1, 9, "b.test"))).isNull();
        assertThat(table.match(from("10.0.0.1", 1, 9, null))).isNull();
    }

    @Test
    void aServerNameMatchesInAnyCaseAndWithATrailingDot() {
        StreamTable<String> table =
                table(route("plain").snis("A.test."), route("wildcard").snis("*.b.test", "c.*"));
        assertThat(table.match(named("a.TEST"))).isEqualTo("plain");
        assertThat(table.match(named("a.test."))).isEqualTo("plain");
        assertThat(table.match(named("x.y.b.test"))).isEqualTo("wildcard");
        assertThat(table.match(named("b.test"))).isNull();
        assertThat(table.match(named("c.test"))).isEqualTo("wildcard");
    }

    @Test
    void moreAttributesPrecedeFewerThenNamesSourcesAndDestinations() {
        RouteFixture destination = route("destination").destinations(port(9_000));
        RouteFixture source = route("source").sources(ip("10.1.2.3"));
        RouteFixture name = route("name").snis("*.test");
        RouteFixture both = route("both").sources(ip("10.0.0.0/8")).destinations(port(9_000));
        assertThat(table(destination, source, name, both).match(named("a.test")))
                .isEqualTo("both");
        assertThat(table(destination, source, name).match(named("a.test"))).isEqualTo("name");
        assertThat(table(destination, source).match(named("a.test"))).isEqualTo("source");
    }

    @Test
    void aMoreSpecificValuePrecedes() {
        assertThat(table(route("wildcard").snis("*.test"), route("plain").snis("a.test"))
                        .match(named("a.test")))
                .isEqualTo("plain");
        assertThat(table(route("short").snis("*.test"), route("long").snis("*.a.test"))
                        .match(named("b.a.test")))
                .isEqualTo("long");
        assertThat(table(
                                route("block").sources(ip("10.0.0.0/8")),
                                route("port").sources(port(50_000)),
                                route("address").sources(ip("10.1.2.3")),
                                route("address and port").sources(new Endpoint("10.1.2.3", 50_000)))
                        .match(to(1)))
                .isEqualTo("address and port");
        assertThat(table(
                                route("block").sources(ip("10.0.0.0/8")),
                                route("port").sources(port(50_000)),
                                route("address").sources(ip("10.1.2.3")))
                        .match(to(1)))
                .isEqualTo("address");
        assertThat(table(route("port").destinations(port(1)), route("block").destinations(ip("192.0.2.0/24")))
                        .match(to(1)))
                .isEqualTo("block");
    }

    @Test
    void theOlderOfTwoEqualRoutesPrecedesThenTheLowerId() {
        assertThat(table(
                                route("new").sources(port(50_000)).createdAt(2),
                                route("old").sources(port(50_000)).createdAt(1))
                        .match(to(1)))
                .isEqualTo("old");
        assertThat(table(
                                route("second").sources(port(50_000)).id(new UUID(0, 2)),
                                route("first").sources(port(50_000)).id(new UUID(0, 1)))
                        .match(to(1)))
                .isEqualTo("first");
    }

    @Test
    void aRouteWithAMalformedAddressIsRejected() {
        StreamTable.Builder<String> builder = new StreamTable.Builder<>();
        assertThatThrownBy(() -> builder.add(route("r").sources(ip("nonsense")).build(), "r"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(builder.build().match(to(1))).isNull();
    }
}
