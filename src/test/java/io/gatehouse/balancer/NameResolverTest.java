package io.gatehouse.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.NameServer;
import io.netty.handler.codec.dns.DnsRecordType;
import io.vertx.core.Vertx;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The addresses of targets' names. */
class NameResolverTest {
    private final NameServer names = new NameServer();
    private final NameResolver resolver =
            new NameResolver(List.of(names.address()), new SearchList(List.of("own.test", "svc.test"), 5));

    @AfterEach
    void stop() {
        resolver.close();
        names.close();
    }

    private List<String> resolve(String name) {
        return Gatehouse.await(resolver.resolve(name)).addresses();
    }

    @Test
    void aNameIsCompletedWithTheSearchDomains() {
        names.set("backend.shop.svc.test", "127.0.0.2");
        names.set("backend.shop", "127.0.0.3");
        assertThat(resolve("backend.shop")).containsExactly("127.0.0.2");
        assertThat(resolve("backend.shop.")).containsExactly("127.0.0.3");
    }

    @Test
    void aNameOfNoSearchDomainIsResolvedAsItIs() {
        names.set("api.example", "127.0.0.4");
        assertThat(resolve("api.example")).containsExactly("127.0.0.4");
        assertThatThrownBy(() -> resolve("absent.example")).hasCauseInstanceOf(UnknownHostException.class);
    }

    @Test
    void theAddressesOfAKindThatNoServerAnswersStay() {
        Vertx vertx = Vertx.vertx();
        names.set("both.test", "127.0.0.2", "::1");
        try (WatchedName watched = new WatchedName(vertx, resolver, "both.test.", () -> {})) {
            Gatehouse.await(watched.start());
            assertThat(watched.addresses()).containsExactlyInAnyOrder("127.0.0.2", "0:0:0:0:0:0:0:1");
            names.ignore(DnsRecordType.A);
            names.set("both.test", "127.0.0.2", "::2");
            await().until(() -> watched.addresses().contains("0:0:0:0:0:0:0:2"));
            assertThat(watched.addresses()).containsExactlyInAnyOrder("127.0.0.2", "0:0:0:0:0:0:0:2");
            names.ignore(null);
            names.set("both.test", "::3");
            await().until(() -> watched.addresses().equals(List.of("0:0:0:0:0:0:0:3")));
        }
        Gatehouse.await(vertx.close());
    }
}
