package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.balancer.Balancers;
import io.gatehouse.balancer.SearchList;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.Service;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the Host header and the address that follow from a Service. */
class ServiceDestinationTest {
    private static ServiceDestination destination(String protocol, String host, int port) {
        Service service = new Service(
                UUID.randomUUID(),
                null,
                protocol,
                host,
                port,
                null,
                0,
                1_000,
                1_000,
                1_000,
                false,
                null,
                List.of(),
                null,
                true);
        Catalog catalog = Catalog.of(new CatalogSnapshot("epoch", 0, 1, Map.of(), Map.of()));
        return ServiceDestination.of(service, catalog, new Balancers("here", List.of(), SearchList.NONE));
    }

    /** RFC 9110 §7.2, RFC 3986 §3.2.2. */
    @ParameterizedTest
    @CsvSource({
        "http, a.test, 8080, a.test:8080",
        "http, a.test, 80, a.test",
        "https, a.test, 443, a.test",
        "https, a.test, 80, a.test:80",
        "http, 127.0.0.1, 8080, 127.0.0.1:8080",
        "http, ::1, 8080, [::1]:8080",
        "https, 2001:db8::1, 443, [2001:db8::1]",
        "http, [::1], 8080, [::1]:8080"
    })
    void theAuthorityNamesTheHostAndAnUnusualPort(String protocol, String host, int port, String authority) {
        ServiceDestination destination = destination(protocol, host, port);
        assertThat(destination.authority()).hasToString(authority);
        assertThat(destination.host()).isEqualTo(host);
        assertThat(destination.address(null).server().host()).isEqualTo(host);
    }
}
