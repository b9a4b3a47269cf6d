package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.launch.status.StatusVerticleTest;
import java.net.BindException;
import org.junit.jupiter.api.Test;

/** Tests messages of failures that are hard to cause as root. {@link StatusVerticleTest} tests a port in use. */
class BindFailureTest {
    private static final ListenAddress ADDRESS = new ListenAddress("10.1.2.3", 443);

    @Test
    void aPortThatNeedsPrivilegesNamesThePortsThatDoNot() {
        assertThat(BindFailure.explain(new BindException("Permission denied"), "proxy.https", ADDRESS))
                .hasMessage("port 443 on 10.1.2.3 needs privileges that this user does not have: set proxy.https"
                        + " (GATEHOUSE_PROXY_HTTPS) to a port from 1024 up");
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() {
        var wrapped = new IllegalStateException(new BindException("Cannot assign requested address"));

        assertThat(BindFailure.explain(wrapped, "admin.http", ADDRESS))
                .hasMessage("10.1.2.3 is not an address of this machine: set admin.http (GATEHOUSE_ADMIN_HTTP)");
    }

    @Test
    void anotherFailureIsReturnedUnchanged() {
        var failure = new IllegalStateException("out of luck");

        assertThat(BindFailure.explain(failure, "admin.http", ADDRESS)).isSameAs(failure);
    }
}
