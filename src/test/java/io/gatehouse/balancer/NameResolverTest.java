package io.gatehouse.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.NameServer;
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
}
