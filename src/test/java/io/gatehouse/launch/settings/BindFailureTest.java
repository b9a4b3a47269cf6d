package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.launch.status.StatusVerticleTest;
import java.net.BindException;
import org.junit.jupiter.api.Test;

/** The taken port itself is tried in {@link StatusVerticleTest}; these are hard to bring about as root. */
class BindFailureTest {
    private static final ListenAddress ADDRESS = new ListenAddress("10.1.2.3", 443);

    @Test
    void aPortThatNeedsRightsSaysWhichPortsDoNot() {
        assertThat(BindFailure.explain(new BindException("Permission denied"), "proxy.https", ADDRESS))
                .hasMessage("port 443 on 10.1.2.3 needs rights this user does not have: set proxy.https"
                        + " (GATEHOUSE_PROXY_HTTPS) to a port from 1024 up");
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() {
        var wrapped = new IllegalStateException(new BindException("Cannot assign requested address"));

        assertThat(BindFailure.explain(wrapped, "admin.http", ADDRESS))
                .hasMessage("10.1.2.3 is not an address of this machine: set admin.http (GATEHOUSE_ADMIN_HTTP)");
    }

    @Test
    void whatIsNoFailureToBindComesBackAsItIs() {
        var failure = new IllegalStateException("out of luck");

        assertThat(BindFailure.explain(failure, "admin.http", ADDRESS)).isSameAs(failure);
    }
}
